/** Turns that may be taken at once. A default receive buffer has room for 90 datagrams; with bursts of 64 a busy collectd lost 2 of 100, with 16 none. */
const BURST = 16;

/** So many turns a second. */
export class Pace {
  readonly #perMs: number;
  readonly #now: () => number;
  #turns = BURST;
  #countedAt: number;

  /**
   * @param perSecond turns a second
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(perSecond: number, now: () => number) {
    this.#perMs = perSecond / 1000;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Whether it is one's turn. */
  take(): boolean {
    const now = this.#now();
    // a timer of 1 ms is the finest there is, so what fell due since the last one counts
    this.#turns = Math.min(Math.max(BURST, this.#perMs * 2), this.#turns + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
    if (this.#turns < 1) return false;
    this.#turns--;
    return true;
  }

  /** Milliseconds until it is. */
  get waitMs(): number {
    return Math.max(1, Math.ceil((1 - this.#turns) / this.#perMs));
  }
}
