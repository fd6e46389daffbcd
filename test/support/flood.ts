/** Lines written one by one as fast as they are taken. */
export class Flood {
  /** Resolves, never rejects, when no more is written; with the error if that was the reason. */
  readonly ended: Promise<Error | undefined>;
  readonly #most: number;
  #written = 0;
  #stopped = false;

  constructor(write: (bytes: string) => Promise<void>, lineOf: (n: number) => string, most: number) {
    this.#most = most;
    this.ended = this.#run(write, lineOf).then(
      () => undefined,
      (error: Error) => error,
    );
  }

  /** Lines that the kernel has taken completely. */
  get written(): number {
    return this.#written;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when so many lines were taken. */
  async reaches(count: number): Promise<void> {
    while (this.#written < count) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Resolves when nothing was taken for half a second: every pipe and buffer on the way is full. */
  async standsStill(): Promise<void> {
    for (let last = -1, rounds = 0; rounds < 25; last = this.#written) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      rounds = this.#written === last ? rounds + 1 : 0;
    }
  }

  async #run(write: (bytes: string) => Promise<void>, lineOf: (n: number) => string): Promise<void> {
    while (!this.#stopped && this.#written < this.#most) {
      await write(lineOf(this.#written));
      this.#written++;
    }
  }
}
