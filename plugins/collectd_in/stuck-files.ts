/** A file that could not be taken is tried again after so long, not at every look. */
const REST_MS = 60_000;
/** Names that are remembered. Of more than that, the oldest are tried and counted anew. */
const MAX_STUCK = 10_000;

/** The files of the spool that could not be taken: one is counted once, however long it stays. */
export class StuckFiles {
  readonly #triedAt = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether it failed a short time ago. */
  isResting(name: string): boolean {
    const at = this.#triedAt.get(name);
    // a clock that was set back must not make it rest for years
    return at !== undefined && Math.abs(this.#now() - at) < REST_MS;
  }

  /** Lets a file rest. Gives true for one that has not failed before. */
  add(name: string): boolean {
    const isNew = !this.#triedAt.delete(name);
    if (isNew && this.#triedAt.size >= MAX_STUCK) {
      const [oldest] = this.#triedAt.keys();
      this.#triedAt.delete(oldest as string);
    }
    this.#triedAt.set(name, this.#now());
    return isNew;
  }

  /** The file was taken, or has gone. */
  forget(name: string): void {
    this.#triedAt.delete(name);
  }
}
