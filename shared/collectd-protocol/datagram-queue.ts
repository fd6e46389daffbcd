/** Datagrams that wait to be sent, at most so many bytes; the oldest make room for new ones. */
export class DatagramQueue {
  readonly #maxBytes: number;
  #waiting: Buffer[] = [];
  /** Those before it have left; they are cut off now and then, as to cut one at a time would move all others. */
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#waiting.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives how many were dropped for it; one that is larger than the queue is dropped itself. */
  add(datagram: Buffer): number {
    if (datagram.length > this.#maxBytes) return 1;
    let dropped = 0;
    for (; this.#bytes + datagram.length > this.#maxBytes; dropped++) this.shift();
    this.#waiting.push(datagram);
    this.#bytes += datagram.length;
    return dropped;
  }

  /** The oldest. */
  shift(): Buffer | undefined {
    const datagram = this.#waiting[this.#first];
    if (datagram === undefined) return undefined;
    this.#first++;
    this.#bytes -= datagram.length;
    if (this.#first > 1024 && this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return datagram;
  }

  /** Forgets all, and gives how many there were. */
  clear(): number {
    const { length } = this;
    this.#waiting = [];
    this.#first = 0;
    this.#bytes = 0;
    return length;
  }
}
