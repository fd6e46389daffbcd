import type { Log } from '../log/log.ts';
import type { Counter } from '../stats/stats.ts';
import type { Output } from './definition.ts';
import { countLines } from './line-count.ts';
import type { LineSelection } from './output-filter.ts';
import type { StdoutEvents } from './stdout.ts';

/** An output in its place at the end of a chain. */
export interface OutputStage {
  readonly alias: string;
  readonly output: Output;
  readonly log: Log;
  /** Lines that it failed to deliver. */
  readonly lost: Counter;
  /** Its filter, where it has one. */
  readonly select?: LineSelection;
}

/** Room for what a full read becomes. */
const LEAST_BYTES = 1 << 17;
/** Larger memory is not kept for the next batch. */
const MAX_SPARE_BYTES = 1 << 20;

/** The outputs at the end of a chain. Each gets every batch, or what it selects of it, one at a time; while one cannot take more, nothing is read. */
export class Outputs {
  readonly #deliveries: readonly Delivery[];
  readonly #events: StdoutEvents;
  #busy = 0;
  /** Memory that no output needs any more. */
  #spare: Buffer | undefined;

  constructor(outputs: readonly OutputStage[], events: StdoutEvents) {
    this.#events = events;
    this.#deliveries = outputs.map((stage) => new Delivery(stage, (busy) => this.#changed(busy)));
  }

  #changed(busy: boolean): void {
    this.#busy += busy ? 1 : -1;
    if (busy && this.#busy === 1) this.#events.blocked();
    else if (this.#busy === 0) this.#events.drained();
  }

  get isBlocked(): boolean {
    return this.#busy > 0;
  }

  /** Lines that some output has not taken yet. */
  get waitingLines(): number {
    return Math.max(0, ...this.#deliveries.map((delivery) => delivery.waitingLines));
  }

  write(bytes: Buffer, from: number, to: number): number {
    // the kernel's memory is used again before a slow output is done
    const size = to - from;
    const memory =
      this.#spare !== undefined && this.#spare.length >= size
        ? this.#spare
        : Buffer.allocUnsafeSlow(Math.max(size, LEAST_BYTES));
    bytes.copy(memory, 0, from, to);
    this.#spare = undefined;
    for (const delivery of this.#deliveries) delivery.write(memory.subarray(0, size));
    // who is done at once keeps nothing, and fresh memory costs more than the copy
    if (!this.isBlocked && memory.length <= MAX_SPARE_BYTES) this.#spare = memory;
    return to;
  }

  /** Nothing is ever left over by `write`. */
  hold(): void {}

  /** Waits for the last batches and lets each output deliver what it holds. */
  async stop(): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => delivery.stop()));
  }
}

/** The batches on their way to one output. */
class Delivery {
  readonly #stage: OutputStage;
  readonly #changed: (busy: boolean) => void;
  readonly #waiting: Buffer[] = [];
  #running: Promise<void> | undefined;

  constructor(stage: OutputStage, changed: (busy: boolean) => void) {
    this.#stage = stage;
    this.#changed = changed;
  }

  get waitingLines(): number {
    return this.#waiting.reduce((n, lines) => n + countLines(lines), 0);
  }

  write(batch: Buffer): void {
    const lines = this.#stage.select?.(batch) ?? batch;
    if (lines.length === 0) return;
    this.#waiting.push(lines);
    if (this.#running !== undefined) return;
    const pending = this.#next();
    if (!pending) return;
    this.#changed(true);
    this.#running = this.#drain(pending).then(() => {
      this.#running = undefined;
      this.#changed(false);
    });
  }

  async #drain(pending: Promise<void>): Promise<void> {
    await pending;
    while (this.#waiting.length > 0) await this.#next();
  }

  /** Gives the first batch to the output. It waits until it is taken; what fails is counted. */
  #next(): Promise<void> | undefined {
    const [lines] = this.#waiting as [Buffer];
    const { output, log, lost } = this.#stage;
    const failed = (error: unknown) => {
      const n = countLines(lines);
      lost.add(n);
      this.#waiting.shift();
      log.trouble('write', `Could not write; ${n} lines are lost: ${(error as Error).message}`, 'error');
    };
    try {
      const done = output.write(lines);
      if (done instanceof Promise) return done.then(() => void this.#waiting.shift(), failed);
      this.#waiting.shift();
    } catch (error) {
      failed(error);
    }
    return undefined;
  }

  async stop(): Promise<void> {
    this.#stage.output.ending?.();
    await this.#running;
    try {
      await this.#stage.output.stop?.();
    } catch (error) {
      this.#stage.log.error(`Could not end: ${(error as Error).message}`);
    }
  }
}
