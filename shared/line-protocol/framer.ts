import { CONSUMED, HASH, LF, MAX_ROWS, OPEN_QUOTE } from './kernel/layout.ts';
import type { Kernel } from './kernel.ts';

/** A bug: it would never come to an end, and a process that says so is better than one that hangs. */
const NO_PROGRESS = 'The line kernel makes no progress';

/** Who takes what the framer finds. All positions are in the kernel's memory and valid until the call returns. */
export interface BatchSink {
  /** Complete records stand in the kernel's rows; [from, to) holds them with the comments and blank lines between. */
  batch(rows: number, from: number, to: number): void;
  /** A record is longer than the limit and has no newline in sight. Called once for it. */
  overlong(from: number, to: number): void;
  /** A further part of a record that was `overlong`; the last one ends with its newline. */
  overlongPart(from: number, to: number): void;
}

/** How a batch is scanned: what the kernel's `scan` takes for it. */
export interface ScanOptions {
  /** FRAME_ONLY, DECIDE, or DECIDE with CHECK_FIELDS (`kernel/layout.ts`). */
  readonly decide: number;
  /** Called before each scan; gives what a line without a time counts as, in milliseconds since 1970. */
  readonly begin: () => number;
}

/**
 * Cuts what comes into batches of complete records. The unfinished record at the end of a chunk stands right before the read
 * area, so that the next chunk continues it in place.
 *
 * A record ends at a newline outside of strings. One that is longer than the limit, or a string that is not closed, is ended early: the next
 * one begins behind the first newline after the open quote (docs/reference/line-protocol.md).
 */
export class Framer {
  readonly #kernel: Kernel;
  readonly #sink: BatchSink;
  readonly #options: ScanOptions;
  #carried = 0;
  #overlong = false;

  constructor(kernel: Kernel, sink: BatchSink, options: ScanOptions) {
    this.#kernel = kernel;
    this.#sink = sink;
    this.#options = options;
  }

  /** Bytes of the unfinished record. */
  get carried(): number {
    return this.#carried;
  }

  /** Whether the unfinished record waits for a string to be closed. */
  get waitsForQuote(): boolean {
    return this.#carried > 0 && this.#kernel.i32[OPEN_QUOTE >> 2] !== 0;
  }

  /** Whether a record that was too long is on its way: its beginning is out, its newline is not. */
  get isInOverlong(): boolean {
    return this.#overlong;
  }

  /** n bytes were put into the read area. */
  received(n: number): void {
    const { readAt } = this.#kernel;
    let from = readAt - this.#carried;
    const to = readAt + n;
    if (this.#overlong) from = this.#skipOverlong(readAt, to);
    this.#carry(this.#scanAll(from, to, 0), to);
    if (this.#carried > this.#kernel.maxLineBytes) this.#endOverlong();
  }

  /** Ends the unfinished record at the first newline behind its open quote, if there is one. */
  giveUpQuote(): void {
    const { readAt } = this.#kernel;
    while (this.waitsForQuote) {
      const before = this.#carried;
      const from = readAt - before;
      if (!this.#hasNewlineAfterQuote(readAt)) return;
      this.#carry(this.#scanAll(from, readAt, 1), readAt);
      if (this.#carried >= before) return;
    }
  }

  /** The input has ended: what is left is read as it stands, with the newline that it may lack. */
  end(): void {
    const { bytes, readAt } = this.#kernel;
    bytes[readAt] = LF;
    if (this.#overlong) this.#sink.overlongPart(readAt, readAt + 1);
    this.#overlong = false;
    if (this.#carried === 0) return;
    const to = bytes[readAt - 1] === LF ? readAt : readAt + 1;
    for (let from = this.#scanAll(readAt - this.#carried, to, 0); from < to; ) {
      const next = this.#scanAll(from, to, 1);
      if (next === from) throw new Error(NO_PROGRESS);
      from = next;
    }
    this.#carried = 0;
    this.#kernel.restart();
  }

  /** Takes the unfinished record away, where it is not known to be whole. */
  takeUnfinished(): Buffer {
    const { bytes, readAt } = this.#kernel;
    const rest = Buffer.from(bytes.subarray(readAt - this.#carried, readAt));
    this.#carried = 0;
    this.#kernel.restart();
    return rest;
  }

  /** Forgets the unfinished record, also one that was too long: another input begins. */
  reset(): void {
    this.takeUnfinished();
    this.#overlong = false;
  }

  /** Scans until only an unfinished record is left, and gives where that starts. */
  #scanAll(from: number, to: number, giveUp: number): number {
    const { decide, begin } = this.#options;
    for (let start = from; ; giveUp = 0) {
      const rows = this.#kernel.scan(start, to, giveUp, decide, begin());
      const consumed = this.#kernel.i32[CONSUMED >> 2] as number;
      if (consumed > start) this.#sink.batch(rows, start, consumed);
      if (rows < MAX_ROWS) return consumed;
      if (consumed === start) throw new Error(NO_PROGRESS);
      start = consumed;
    }
  }

  /** Moves the unfinished record right before the read area. */
  #carry(from: number, to: number): void {
    const { bytes, readAt } = this.#kernel;
    this.#carried = to - from;
    if (to === readAt || from === to) return;
    bytes.copyWithin(readAt - this.#carried, from, to);
    this.#kernel.shift(readAt - to);
  }

  /** The kernel found no newline where the unfinished record can be ended: it is passed on in parts until one comes. */
  #endOverlong(): void {
    const { bytes, readAt } = this.#kernel;
    const from = readAt - this.#carried;
    let first = from;
    while (first < readAt && isBlank(bytes[first])) first++;
    this.#overlong = true;
    if (bytes[first] === HASH) this.#sink.overlongPart(from, readAt);
    else this.#sink.overlong(from, readAt);
    this.#carried = 0;
    this.#kernel.restart();
  }

  #hasNewlineAfterQuote(to: number): boolean {
    const { bytes, i32 } = this.#kernel;
    bytes[to] = LF; // bounds the search
    return bytes.indexOf(LF, i32[OPEN_QUOTE >> 2]) < to;
  }

  #skipOverlong(from: number, to: number): number {
    const { bytes } = this.#kernel;
    bytes[to] = LF; // bounds the search
    const newline = bytes.indexOf(LF, from);
    this.#overlong = newline === to;
    const end = this.#overlong ? to : newline + 1;
    this.#sink.overlongPart(from, end);
    return end;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c;
}
