const LF = 0x0a;

/** A place in the queue: a block, and how far into it. */
interface Place {
  block: number;
  at: number;
}

/**
 * Commands on their way to collectd, each a line, in the order in which they came. Those at its front may have been sent and wait for their answers; when the
 * connection is lost they are as if they were not sent.
 */
export class CommandQueue {
  #blocks: Buffer[] = [];
  /** The first command without an answer, and the first that was not sent. */
  #front: Place = { block: 0, at: 0 };
  #next: Place = { block: 0, at: 0 };
  #bytes = 0;
  #lines = 0;
  #outstanding = 0;

  /** Of commands without an answer. */
  get bytes(): number {
    return this.#bytes;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Commands that were sent and have no answer. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** @param lines complete lines, which stay as they are */
  add(lines: Buffer, count: number): void {
    if (lines.length === 0) return;
    this.#blocks.push(lines);
    this.#bytes += lines.length;
    this.#lines += count;
  }

  /** Bytes of the next commands to send, at most so many; undefined when there are none. */
  takeUnsent(commands: number): Buffer | undefined {
    const block = this.#blocks[this.#next.block];
    if (block === undefined || commands <= 0) return undefined;
    const from = this.#next.at;
    let to = from;
    for (; commands > 0 && to < block.length; commands--) {
      to = block.indexOf(LF, to) + 1;
      this.#outstanding++;
    }
    this.#next = to === block.length ? { block: this.#next.block + 1, at: 0 } : { block: this.#next.block, at: to };
    return block.subarray(from, to);
  }

  /** Removes the first command and gives it without its newline. */
  shift(): Buffer | undefined {
    const block = this.#blocks[this.#front.block];
    if (block === undefined) return undefined;
    const from = this.#front.at;
    const to = block.indexOf(LF, from) + 1;
    this.#bytes -= to - from;
    this.#lines--;
    const wasSent = this.#outstanding > 0;
    if (wasSent) this.#outstanding--;
    this.#front.at = to;
    if (to === block.length) this.#dropBlock();
    if (!wasSent) this.#next = { ...this.#front };
    return block.subarray(from, to - 1);
  }

  #dropBlock(): void {
    this.#front = { block: this.#front.block + 1, at: 0 };
    // moving the rest for every block would take the square of their number
    if (this.#front.block < 64 && this.#front.block < this.#blocks.length) return;
    const gone = this.#front.block;
    this.#blocks.splice(0, gone);
    this.#front.block = 0;
    this.#next = { block: Math.max(0, this.#next.block - gone), at: this.#next.block < gone ? 0 : this.#next.at };
  }

  /** What was sent counts as unsent. */
  unsend(): void {
    this.#next = { ...this.#front };
    this.#outstanding = 0;
  }

  /** Removes the oldest commands until at most so many bytes are left, and gives how many. Nothing may be outstanding. */
  trim(maxBytes: number): number {
    let removed = 0;
    while (this.#bytes > maxBytes && this.shift() !== undefined) removed++;
    return removed;
  }
}
