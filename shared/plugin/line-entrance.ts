/**
 * Where the lines that an input wrote itself enter the chain. While the other stages are still being started, lines wait in a copy, and the promise that is given
 * keeps the input from sending more.
 */
export class LineEntrance {
  #early: Uint8Array[] = [];
  #opened: () => void = () => {};
  readonly #open: Promise<void> = new Promise((resolve) => {
    this.#opened = resolve;
  });
  #feed: ((lines: Uint8Array) => Promise<void> | undefined) | undefined;

  /** Takes complete lines; a promise resolves when more may come. */
  send(lines: Uint8Array): Promise<void> | undefined {
    if (this.#feed) return this.#feed(lines);
    this.#early.push(Buffer.from(lines));
    return this.#open;
  }

  /** The chain stands: from now on lines go into it at once. */
  open(feed: (lines: Uint8Array) => Promise<void> | undefined): void {
    let behind: Promise<void> | undefined;
    for (const lines of this.#early.splice(0)) behind = feed(lines);
    this.#feed = feed;
    void Promise.resolve(behind).then(this.#opened);
  }
}
