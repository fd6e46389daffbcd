import { systemClock } from '../log/trouble-summary.ts';

/** A smaller gathering is not worth a nap. */
const WORTH_BYTES = 512;
/** With so much waiting after a nap the writer was held up. */
const HELD_UP_BYTES = 48 * 1024;
const BREAK_AFTER_HOLD_UP = 64;
/** Naps begin when reads come closer together than this on average. */
const BUSY_GAP_MS = 0.2;

/**
 * Sleeps a moment after a small read while lines come one by one and fast, so that the pipe gathers them: below 5,000 reads a second nothing
 * changes, at 20,000 it saves most of the CPU.
 */
export class Nap {
  readonly #ms: number;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  #last = 0;
  #gap = 10;
  #napped = false;
  #break = 0;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** To be called after each read of n bytes. */
  afterRead(n: number): void {
    if (this.#ms <= 0) return;
    const now = systemClock.now();
    const gap = now - this.#last;
    this.#last = now;
    if (this.#break > 0) {
      this.#break--;
      return;
    }
    if (this.#napped) {
      if (n >= HELD_UP_BYTES) {
        this.#break = BREAK_AFTER_HOLD_UP;
        this.#napped = false;
        return;
      }
      if (n < WORTH_BYTES) {
        this.#napped = false;
        this.#gap = 1;
        return;
      }
    } else {
      this.#gap += (Math.min(gap, 10) - this.#gap) / 8;
      if (this.#gap >= BUSY_GAP_MS || n >= HELD_UP_BYTES) return;
    }
    this.#napped = true;
    Atomics.wait(this.#cell, 0, 0, this.#ms);
    this.#last = systemClock.now();
  }
}
