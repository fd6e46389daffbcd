import type { ByteString } from '../line-protocol/byte-string.ts';
import { type DecisionMemory, MAX_HEAD_BYTES } from '../line-protocol/decision-memory.ts';
import { LINE_ERROR_CODES, type LineErrorCode } from '../line-protocol/errors.ts';
import type { BatchSink } from '../line-protocol/framer.ts';
import {
  BAD,
  CURSOR,
  EDITED,
  LF,
  NEXT_ROW,
  NOTABLES,
  NOTABLES_COUNT,
  ROW_CODE,
  ROW_DECISION,
  ROW_END,
  ROW_ERROR_AT,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROW_START,
  ROWS,
} from '../line-protocol/kernel/layout.ts';
import type { Kernel } from '../line-protocol/kernel.ts';
import { KernelLine } from '../line-protocol/kernel-line.ts';
import type { LineView } from '../line-protocol/line-view.ts';
import type { Processor } from './definition.ts';

/** A processor in its place in the chain. */
export interface Stage {
  readonly alias: string;
  readonly processor: Processor;
  /** Whether the stage handles the line (`namepass` and its kin). */
  readonly selects: (line: LineView) => boolean;
  /** Says that the stage threw, which is a bug in it. */
  readonly failed: (error: unknown, extract: ByteString) => void;
}

/** Where bytes go. */
export interface ByteSink {
  readonly isBlocked: boolean;
  /** Takes what it can at once, and gives where the rest begins. */
  write(bytes: Buffer, from: number, to: number): number;
  /** Takes the rest. It must stay as it is until the sink is not blocked any more. */
  hold(rest: Buffer): void;
}

/** What becomes of records that are seen to be malformed. */
export interface BadLines {
  /** Counts and reports the record [from, to); `at` is where the mistake is. Gives whether it is to be dropped. */
  bad(code: LineErrorCode, record: number, from: number, to: number, at: number): boolean;
  /** The same for a record longer than the limit, of which only the beginning is there. */
  overlong(record: number, from: number, to: number): boolean;
}

/**
 * The middle of a line's way: rows that the kernel could not decide are put to the stages, bad ones are reported, then the batch is copied with
 * all edits, once.
 */
export class Pipeline implements BatchSink {
  readonly #kernel: Kernel;
  readonly #stages: readonly Stage[];
  readonly #memory: DecisionMemory;
  readonly #badLines: BadLines;
  readonly #sink: ByteSink;
  readonly #now: () => number;
  readonly #line: KernelLine;
  #recordsBefore = 0;
  /** Where output may be put: behind what the sink still holds. */
  #outAt: number;
  #dropOverlong = false;

  constructor(
    kernel: Kernel,
    stages: readonly Stage[],
    memory: DecisionMemory,
    badLines: BadLines,
    sink: ByteSink,
    now: () => number,
  ) {
    this.#kernel = kernel;
    this.#stages = stages;
    this.#memory = memory;
    this.#badLines = badLines;
    this.#sink = sink;
    this.#now = now;
    this.#line = new KernelLine(kernel);
    this.#outAt = kernel.outAt;
  }

  /** Lines that have come so far, malformed ones too. */
  get records(): number {
    return this.#recordsBefore;
  }

  /** Asks, copies and writes one batch. */
  batch(rows: number, from: number, to: number): void {
    const { i32 } = this.#kernel;
    const notables = i32[NOTABLES_COUNT >> 2] as number;
    let edited = false;
    let first = 0;
    for (let k = this.#recall(0); k < notables; k = this.#recall(k + 1)) {
      const row = i32[(NOTABLES >> 2) + k] as number;
      if (!this.#memory.hasRoom) {
        const start = i32[(ROWS + row * ROW_SIZE + ROW_START) >> 2] as number;
        this.#copy(first, row, from, start);
        this.#memory.rowsCopied();
        first = row;
        from = start;
      }
      if (this.#ask(row, k)) edited = true;
    }
    if (edited || i32[EDITED >> 2] === 1) this.#copy(first, rows, from, to);
    else this.#send(from, to);
    this.#recordsBefore += rows;
  }

  #recall(notable: number): number {
    return this.#kernel.recall(notable, this.#now());
  }

  /** Decides one row, which is that notable one. Gives whether its bytes change. */
  #ask(row: number, notable: number): boolean {
    const { i32 } = this.#kernel;
    const at = ROWS + row * ROW_SIZE;
    if (i32[(at + ROW_DECISION) >> 2] === BAD)
      return this.#bad(row, i32[(at + ROW_CODE) >> 2] as number, i32[(at + ROW_ERROR_AT) >> 2] as number);
    const head = i32[(at + ROW_HEAD) >> 2] as number;
    if ((i32[(at + ROW_HEAD_END) >> 2] as number) - head > MAX_HEAD_BYTES) return this.#bad(row, TOO_LONG, head);
    const line = this.#line;
    line.load(row, this.#now());
    // it may be in a group now for which there is a decision
    if (line.isMeasurementNew && this.#recall(notable) > notable) return false;
    const mistake = this.#walk(row, 0);
    const dropped = mistake !== undefined && this.#bad(row, mistake.code, mistake.at);
    return dropped || this.#memory.decide(row, line);
  }

  /**
   * Lets the stages from the given one on look at the loaded line. It goes its way as if a stage were not there that fails, or that asks for
   * fields and they are malformed: so the others do what they would do as processes of their own. Gives what is wrong with the fields.
   */
  #walk(row: number, firstStage: number): KernelLine['fieldsMistake'] {
    const line = this.#line;
    let mistake: KernelLine['fieldsMistake'];
    let leftOut: Set<Stage> | undefined;
    for (let i = firstStage; i < this.#stages.length && !line.dropped; i++) {
      const stage = this.#stages[i] as Stage;
      if (leftOut?.has(stage)) continue;
      try {
        if (stage.selects(line)) stage.processor.line(line);
        line.stageDone();
        if (!line.fieldsMistake) continue;
        mistake ??= line.fieldsMistake;
      } catch (error) {
        stage.failed(error, line.extract());
      }
      leftOut = (leftOut ?? new Set()).add(stage);
      line.load(row, this.#now());
      line.dynamic = true;
      i = firstStage - 1;
    }
    return mistake;
  }

  #bad(row: number, code: number, mistake: number): boolean {
    const { i32 } = this.#kernel;
    const at = ROWS + row * ROW_SIZE;
    const record = this.#recordsBefore + row + 1;
    const name = LINE_ERROR_CODES[code - 1] as LineErrorCode;
    const start = i32[(at + ROW_START) >> 2] as number;
    const drop = this.#badLines.bad(name, record, start, i32[(at + ROW_END) >> 2] as number, mistake);
    if (drop) this.#memory.drop(row);
    else this.#memory.pass(row);
    return drop;
  }

  #copy(first: number, last: number, from: number, to: number): void {
    const { i32, outEnd } = this.#kernel;
    for (;;) {
      const out = this.#roomForOutput();
      const n = this.#kernel.copy(first, last, from, to, out, outEnd);
      this.#send(out, out + n);
      from = i32[CURSOR >> 2] as number;
      first = i32[NEXT_ROW >> 2] as number;
      if (from === to) return;
    }
  }

  #roomForOutput(): number {
    const { outAt, outSpare } = this.#kernel;
    if (!this.#sink.isBlocked) this.#outAt = outAt;
    return Math.min(this.#outAt, outSpare);
  }

  /** Writes bytes of the kernel's memory. What the sink cannot take yet stays in the output area, where nothing is put until it has gone. */
  #send(from: number, to: number): void {
    const { bytes, outAt, outSpare } = this.#kernel;
    const rest = this.#sink.write(bytes, from, to);
    if (rest === to) return;
    const size = to - rest;
    if (rest >= outAt && to <= outSpare) {
      this.#outAt = to;
      this.#sink.hold(bytes.subarray(rest, to));
      return;
    }
    const room = this.#roomForOutput();
    if (room + size <= outSpare) {
      bytes.copyWithin(room, rest, to);
      this.#outAt = room + size;
      this.#sink.hold(bytes.subarray(room, room + size));
    } else this.#sink.hold(Buffer.from(bytes.subarray(rest, to)));
  }

  overlong(from: number, to: number): void {
    this.#recordsBefore++;
    this.#dropOverlong = this.#badLines.overlong(this.#recordsBefore, from, to);
    this.overlongPart(from, to);
  }

  overlongPart(from: number, to: number): void {
    if (!this.#dropOverlong) this.#send(from, to);
    // a comment that is too long comes in parts as well, and is none to drop
    if (this.#kernel.bytes[to - 1] === LF) this.#dropOverlong = false;
  }

  /** Sends lines that stage `after` made itself, such as its statistics, through the stages behind it. */
  inject(lines: string, after: number): void {
    const { bytes, asideAt } = this.#kernel;
    const to = asideAt + bytes.write(lines, asideAt, 'latin1');
    this.#memory.rowsCopied(); // those of the last batch
    const rows = this.#kernel.scanAside(asideAt, to);
    for (let row = 0; row < rows; row++) {
      this.#line.load(row, this.#now());
      this.#walk(row, after + 1);
      this.#memory.decideOnce(row, this.#line);
    }
    this.#copy(0, rows, asideAt, to);
    this.#memory.rowsCopied();
  }

  /** For `--explain`: a sink that lets everything pass as it came, and puts behind each record what the stages say of it. */
  explaining(): BatchSink {
    return {
      batch: (rows, from, to) => this.#explain(rows, from, to),
      overlong: (from, to) => this.overlong(from, to),
      overlongPart: (from, to) => this.overlongPart(from, to),
    };
  }

  #explain(rows: number, from: number, to: number): void {
    const { i32, bytes, asideAt } = this.#kernel;
    for (let row = 0; row < rows; row++) {
      const end = i32[(ROWS + row * ROW_SIZE + ROW_END) >> 2] as number;
      this.#send(from, end);
      from = end;
      const code = this.#line.load(row, this.#now());
      const said = code ? [`malformed: ${LINE_ERROR_CODES[code - 1]}`] : this.#explanations();
      for (const text of said) {
        const written = bytes.write(`# ${text.replace(/[\r\n]+/g, ' ').slice(0, 4096)}\n`, asideAt);
        this.#send(asideAt, asideAt + written);
      }
    }
    if (from < to) this.#send(from, to);
  }

  #explanations(): string[] {
    return this.#stages.flatMap(({ alias, processor, selects }) => {
      if (!selects(this.#line)) return [`${alias}: not handled, by namepass, namedrop, tagpass or tagdrop`];
      const said = processor.explain?.(this.#line) ?? [];
      processor.line(this.#line);
      return said.map((text) => `${alias}: ${text}`);
    });
  }
}

const TOO_LONG = LINE_ERROR_CODES.indexOf('too_long') + 1;
