import { DecisionMemory } from '../../../shared/line-protocol/decision-memory.ts';
import { Framer } from '../../../shared/line-protocol/framer.ts';
import { createKernel, type Kernel, READ_SIZE } from '../../../shared/line-protocol/kernel.ts';
import type { Countable, LineView, TagNames } from '../../../shared/line-protocol/line-view.ts';
import { createTagNames } from '../../../shared/line-protocol/tag-names.ts';
import { type ByteSink, Pipeline, type Stage } from '../../../shared/plugin/pipeline.ts';

/** A sink that takes all at once and keeps it. */
export class TakingSink implements ByteSink {
  readonly isBlocked = false;
  readonly #parts: Buffer[] = [];

  write(bytes: Buffer, from: number, to: number): number {
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    return to;
  }

  hold(): void {
    throw new Error('Nothing is left over');
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString('latin1');
  }
}

/** Counts only how much came. */
export class CountingSink implements ByteSink {
  readonly isBlocked = false;
  bytes = 0;

  write(_bytes: Buffer, from: number, to: number): number {
    this.bytes += to - from;
    return to;
  }

  hold(): void {
    throw new Error('Nothing is left over');
  }
}

export interface LineWayOptions {
  readonly stages: readonly ((line: LineView) => void)[];
  readonly sink: ByteSink;
  readonly nowMs?: () => number;
  readonly validate?: 'head' | 'full';
  readonly invalidLines?: 'pass' | 'drop';
}

/** What was reported about a malformed record. */
export interface ReportedLine {
  readonly code: string;
  readonly record: number;
  /** From 1, in the record. */
  readonly column: number;
}

/** A way of lines in memory, from chunks to a sink: framer, kernel, decisions and pipeline as they are, everything around them a test's. */
export class LineWay {
  readonly kernel: Kernel;
  readonly memory: DecisionMemory;
  readonly framer: Framer;
  readonly pipeline: Pipeline;
  /** How often each counter was counted, by id. */
  readonly counts = new Map<number, number>();
  readonly reported: ReportedLine[] = [];
  readonly failures: unknown[] = [];
  /** How often stages were asked for a line. */
  asked = 0;

  constructor(kernel: Kernel, { stages, sink, nowMs = () => 0, validate, invalidLines }: LineWayOptions) {
    this.kernel = kernel;
    kernel.restart();
    this.memory = new DecisionMemory(kernel, ({ id }: Countable, n) => {
      this.counts.set(id, (this.counts.get(id) ?? 0) + n);
    });
    const chain = stages.map(
      (look, i): Stage => ({
        alias: `stage ${i}`,
        processor: {
          line: (line) => {
            this.asked++;
            look(line);
          },
        },
        selects: () => true,
        failed: (error) => this.failures.push(error),
      }),
    );
    const report = (code: string, record: number, from: number, at: number): boolean => {
      this.reported.push({ code, record, column: at - from + 1 });
      return invalidLines === 'drop';
    };
    const badLines = {
      bad: (code: string, record: number, from: number, _to: number, at: number) => report(code, record, from, at),
      overlong: (record: number, from: number) => report('too_long', record, from, from),
    };
    this.pipeline = new Pipeline(kernel, chain, this.memory, badLines, sink, nowMs);
    this.framer = new Framer(kernel, this.pipeline, {
      decide: validate === 'full' ? 3 : 1,
      begin: () => {
        this.memory.beginBatch();
        return nowMs();
      },
    });
  }

  /** Reads bytes, in pieces as large as a pipe gives them. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += READ_SIZE) {
      const part = bytes.subarray(at, at + READ_SIZE);
      this.kernel.bytes.set(part, this.kernel.readAt);
      this.framer.received(part.length);
    }
  }

  readText(text: string): void {
    this.read(Buffer.from(text, 'latin1'));
  }

  /** Ends the input and brings the counts up to date. */
  end(): void {
    this.framer.end();
    this.memory.fold();
  }
}

/** A kernel with names, which are asked for once, as at a process's start. */
export function kernelWithNames(maxLineBytes = 1 << 20): { kernel: Kernel; names: TagNames } {
  const kernel = createKernel(maxLineBytes);
  return { kernel, names: createTagNames(kernel) };
}
