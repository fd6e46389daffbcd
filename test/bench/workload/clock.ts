import type { Random } from './random.ts';

/** Times of points: ten seconds a round, nanoseconds rising within it. */
export class Clock {
  readonly #random: Random;
  #nanoseconds = 0;
  round = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Nineteen digits, since the seconds are those of 2023. */
  next(): string {
    this.#nanoseconds = (this.#nanoseconds + 1 + this.#random.below(999)) % 1_000_000_000;
    return `${1_700_000_000 + this.round * 10}${String(this.#nanoseconds).padStart(9, '0')}`;
  }
}
