import type { Log } from '../log/log.ts';
import { systemClock } from '../log/trouble-summary.ts';
import type { Outputs } from './outputs.ts';
import { doneWithin } from './patience.ts';
import type { Signals } from './signals.ts';
import type { Stdout } from './stdout.ts';

/** Telegraf sends SIGTERM 5 s after it closed stdin, and SIGKILL 5 s later (internal/process/process_posix.go): be gone before. */
const PATIENCE_MS = 4000;
/** A part of it for an input that gathers. */
const GATHERING_PATIENCE_MS = 2000;
/** A Ctrl-C reaches us before the host closes our stdin: wait for that, but not for ever. */
const INTERRUPT_PATIENCE_MS = 10_000;
/** A default pipe holds 64 KiB: when so many newlines were taken, all before them were read, which Telegraf throws away with the pipe at our end otherwise. */
const PADDING_BYTES = 65536;

/** How a process comes to its end: by the end of its input, by a signal, or because nobody reads it any more. */
export class Ending {
  readonly #log: Log;
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #ordered = false;
  #deadline: number | undefined;

  constructor(signals: Signals, log: Log, waitsForInput: boolean) {
    this.#log = log;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    signals.onTerminate(() => this.#order());
    signals.onInterrupt(() => {
      if (!waitsForInput) this.#order();
      else setTimeout(() => this.#order(), INTERRUPT_PATIENCE_MS).unref();
    });
  }

  /** Whether it was told to end while its input went on: the last record may be cut off. */
  get isOrdered(): boolean {
    return this.#ordered;
  }

  /** The input has ended, or the reader has left. */
  end(): void {
    this.#end();
  }

  #order(): void {
    if (this.#deadline === undefined) {
      this.#deadline = systemClock.now() + PATIENCE_MS;
    }
    this.#ordered = true;
    this.#end();
  }

  /** Waits for a gathering under way, for a limited time: it may wait for what never comes, or for a reader that stands still. */
  async finish(gathered: Promise<void>): Promise<void> {
    await doneWithin(gathered, GATHERING_PATIENCE_MS);
  }

  /**
   * Waits until stdout has taken everything; after SIGTERM for a limited time. Gives the exit status. Under Telegraf it pads: what is in the pipe when a
   * process ends is lost there.
   */
  async flush(stdout: Stdout, pad: boolean): Promise<number> {
    if (!(await this.emptied(stdout))) {
      const lost = stdout.waitingLines;
      stdout.abandon();
      this.#log.error(`The reader of stdout stands still: ${lost} lines are lost`);
      return 1;
    }
    if (pad) {
      const padding = Buffer.alloc(PADDING_BYTES, 0x0a);
      const rest = stdout.write(padding, 0, padding.length);
      if (rest < padding.length) stdout.hold(padding.subarray(rest));
      if (!(await this.#untilEmpty(stdout, systemClock.now() + PATIENCE_MS))) stdout.abandon();
    }
    return 0;
  }

  /** Waits until nothing is left for the reader; after SIGTERM for a limited time. Gives whether it is so. */
  emptied(stdout: Stdout): Promise<boolean> {
    return this.#untilEmpty(stdout, this.#deadline);
  }

  async #untilEmpty(stdout: Stdout, deadline: number | undefined): Promise<boolean> {
    if (!stdout.isBlocked) return true;
    return new Promise((resolve) => {
      const poll = setInterval(() => {
        if (!stdout.isBlocked) done(true);
        else if (systemClock.now() >= (deadline ?? this.#deadline ?? Number.POSITIVE_INFINITY)) done(false);
      }, 5);
      const done = (empty: boolean) => {
        clearInterval(poll);
        resolve(empty);
      };
    });
  }

  /** Lets the outputs deliver; after SIGTERM for a limited time. Gives the exit status. */
  async deliver(outputs: Outputs): Promise<number> {
    const delivered = outputs.stop();
    while (!(await doneWithin(delivered, 50))) {
      if (this.#deadline === undefined || systemClock.now() < this.#deadline) continue;
      this.#log.error(`An output does not end: ${outputs.waitingLines} lines are lost`);
      return 1;
    }
    return 0;
  }
}
