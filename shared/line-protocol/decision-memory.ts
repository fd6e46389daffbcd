import {
  DECISION_BLOCK,
  DECISION_BLOCK_SIZE,
  DECISION_FIELDS,
  DECISION_FIELDS_SIZE,
  DECISION_FLAGS,
  DECISION_FROM_MS,
  DECISION_SIZE,
  DECISION_TALLY,
  DECISION_TO_MS,
  DECISIONS,
  DROP,
  DYNAMIC,
  FIELDS_BLOCK,
  INSERT,
  MAX_DECISIONS,
  MAX_TALLIES,
  NEW_FIELDS,
  POOL_FULL,
  REPLACE,
  ROW_DECISION,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROWS,
  TALLIES,
  TIMED,
} from './kernel/layout.ts';
import type { Kernel } from './kernel.ts';
import type { KernelLine } from './kernel-line.ts';
import type { Countable } from './line-view.ts';

/** Longer heads are not given to stages: they are malformed, `too_long`, and pass or are dropped as `invalid_lines` says. */
export const MAX_HEAD_BYTES = 65536;

/**
 * Turns what stages did with one line into a decision of the kernel: which bytes to insert or replace, for which times, and what to
 * count whenever it is given again.
 */
export class DecisionMemory {
  readonly #kernel: Kernel;
  readonly #onCount: (counter: Countable, n: number) => void;
  #decisions = 1;
  #editsAt: number;
  #transients = 0;
  #forget = false;
  readonly #unchanging = new Map<number, number>();
  readonly #blocks = new Map<string, number>();
  readonly #tallies = new Map<string | number, number>();
  readonly #tallied: (readonly Countable[])[] = [[]];

  constructor(kernel: Kernel, onCount: (counter: Countable, n: number) => void) {
    this.#kernel = kernel;
    this.#onCount = onCount;
    this.#editsAt = kernel.editsAt;
    kernel.forget();
  }

  /** Drops all decisions at the next batch. */
  forget(): void {
    this.#forget = true;
  }

  /** Frees the room of decisions for one line only; their rows must have been copied. */
  rowsCopied(): void {
    this.#transients = 0;
    this.#editsAt = this.#kernel.editsAt;
  }

  /** To be called before each scan. */
  beginBatch(): void {
    this.rowsCopied();
    if (!this.#forget && !this.#kernel.i32[POOL_FULL >> 2]) return;
    this.#forget = false;
    this.fold();
    this.#kernel.forget();
    this.#decisions = 1;
    this.#unchanging.clear();
    this.#blocks.clear();
    this.#tallies.clear();
    this.#tallied.length = 1;
  }

  /** Adds to the counters what lines with remembered decisions have counted since the last time. */
  fold(): void {
    for (let i = 1; i < this.#tallied.length; i++) {
      const n = this.#kernel.f64[(TALLIES >> 3) + i] as number;
      if (n === 0) continue;
      this.#kernel.f64[(TALLIES >> 3) + i] = 0;
      for (const counter of this.#tallied[i] as readonly Countable[]) this.#onCount(counter, n);
    }
  }

  /** Decides the row and, where other lines may be given the same, remembers it. Gives whether the bytes change. */
  decide(row: number, line: KernelLine): boolean {
    for (const counter of line.counted) this.#onCount(counter, 1);
    const { i32 } = this.#kernel;
    const at = ROWS + row * ROW_SIZE;
    const head = i32[(at + ROW_HEAD) >> 2] as number;
    const headEnd = i32[(at + ROW_HEAD_END) >> 2] as number;
    const flags = flagsOf(line);
    const decision = line.dynamic ? 0 : this.#remembered(flags, line);
    if (decision) {
      i32[(at + ROW_DECISION) >> 2] = decision;
      this.#kernel.remember(head, headEnd, decision);
    } else {
      const dynamic = line.dynamic ? this.#shared(DYNAMIC, 0) : 0;
      i32[(at + ROW_DECISION) >> 2] = this.#once(flags, line);
      if (dynamic) this.#kernel.remember(head, headEnd, dynamic);
    }
    return flags !== 0;
  }

  /** A decision for one line of this batch only. */
  decideOnce(row: number, line: KernelLine): boolean {
    for (const counter of line.counted) this.#onCount(counter, 1);
    const flags = flagsOf(line);
    this.#kernel.i32[(ROWS + row * ROW_SIZE + ROW_DECISION) >> 2] = this.#once(flags, line);
    return flags !== 0;
  }

  /** Discards the row. */
  drop(row: number): void {
    this.#kernel.i32[(ROWS + row * ROW_SIZE + ROW_DECISION) >> 2] = this.#write(
      MAX_DECISIONS + this.#transients++,
      DROP,
      0,
      0,
      0,
      0,
    );
  }

  /** Lets the row pass as it is. */
  pass(row: number): void {
    this.#kernel.i32[(ROWS + row * ROW_SIZE + ROW_DECISION) >> 2] = 0;
  }

  /** Whether another line's own decision still fits into this batch: a head, its field set, and all that stages may write, escaped. */
  get hasRoom(): boolean {
    return this.#kernel.editsEnd - this.#editsAt > this.#kernel.maxLineBytes + 8 * MAX_HEAD_BYTES;
  }

  #remembered(flags: number, line: KernelLine): number {
    const tally = this.#tallyOf(line.counted);
    if (tally < 0) return this.#noRoom();
    const timed = line.fromMs > Number.NEGATIVE_INFINITY || line.toMs < Number.POSITIVE_INFINITY;
    if (flags === 0 && !timed) return this.#shared(0, tally);
    if (this.#decisions === MAX_DECISIONS) return this.#noRoom();
    const block = blockOf(line);
    const at = this.#keep(block);
    if (at < 0) return 0;
    return this.#write(
      this.#decisions++,
      timed ? flags | TIMED : flags,
      at,
      block.length,
      0,
      0,
      tally,
      line.fromMs,
      line.toMs,
    );
  }

  /** The one decision of these flags that changes nothing and counts this: 0 stands for «not remembered» here. */
  #shared(flags: number, tally: number): number {
    const key = flags * MAX_TALLIES + tally;
    const known = this.#unchanging.get(key);
    if (known) return known;
    if (this.#decisions === MAX_DECISIONS) return this.#noRoom();
    const decision = this.#write(this.#decisions++, flags, 0, 0, 0, 0, tally);
    this.#unchanging.set(key, decision);
    return decision;
  }

  #noRoom(): 0 {
    this.#forget = true;
    return 0;
  }

  #once(flags: number, line: KernelLine): number {
    if (flags === 0) return 0;
    const block = this.#put(blockOf(line));
    const fields = this.#put(line.fieldsChanged ? line.newFields() : line.addedFields);
    return this.#write(MAX_DECISIONS + this.#transients++, flags, ...block, ...fields);
  }

  #tallyOf(counters: readonly Countable[]): number {
    if (counters.length === 0) return 0;
    const key = counters.length === 1 ? (counters[0] as Countable).id : counters.map(({ id }) => id).join();
    const known = this.#tallies.get(key);
    if (known) return known;
    if (this.#tallied.length === MAX_TALLIES) return -1;
    this.#tallies.set(key, this.#tallied.length);
    return this.#tallied.push(counters) - 1;
  }

  #keep(block: string): number {
    if (block === '') return 0;
    const known = this.#blocks.get(block);
    if (known) return known;
    const at = this.#kernel.keep(block.length);
    if (!at) return -1;
    this.#kernel.bytes.write(block, at, 'latin1');
    this.#blocks.set(block, at);
    return at;
  }

  #put(block: string): [at: number, size: number] {
    const at = this.#editsAt;
    if (at + block.length > this.#kernel.editsEnd) throw new RangeError('No room for the edits of a batch');
    this.#editsAt += this.#kernel.bytes.write(block, at, 'latin1');
    return [at, block.length];
  }

  #write(
    decision: number,
    flags: number,
    block: number,
    blockSize: number,
    fields: number,
    fieldsSize: number,
    tally = 0,
    fromMs = 0,
    toMs = 0,
  ): number {
    const at = DECISIONS + decision * DECISION_SIZE;
    const { i32, f64 } = this.#kernel;
    i32[(at + DECISION_FLAGS) >> 2] = flags;
    i32[(at + DECISION_BLOCK) >> 2] = block;
    i32[(at + DECISION_BLOCK_SIZE) >> 2] = blockSize;
    i32[(at + DECISION_FIELDS) >> 2] = fields;
    i32[(at + DECISION_FIELDS_SIZE) >> 2] = fieldsSize;
    i32[(at + DECISION_TALLY) >> 2] = tally;
    f64[(at + DECISION_FROM_MS) >> 3] = fromMs;
    f64[(at + DECISION_TO_MS) >> 3] = toMs;
    return decision;
  }
}

function flagsOf(line: KernelLine): number {
  if (line.dropped) return DROP;
  const head = line.headChanged ? REPLACE : line.hasAddedTags ? INSERT : 0;
  return head | (line.fieldsChanged ? NEW_FIELDS : line.addedFields ? FIELDS_BLOCK : 0);
}

function blockOf(line: KernelLine): string {
  if (line.dropped) return '';
  return line.headChanged ? line.newHead() : line.addedTags();
}
