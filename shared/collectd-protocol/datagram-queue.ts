/** Datagrams that wait to be sent, at most so many bytes; the oldest make room for new ones. */
export class DatagramQueue {
  readonly #maxBytes: number;
  #waiting: Buffer[] = [];
  /** Those before it have left; they are cut off now and then, as to cut one at a time would move all others. */
  #first = 0;
  #bytes = 0;
  /** Those at the front that were put back since the last one was taken. */
  #putBack = 0;

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
    for (; this.#bytes + datagram.length > this.#maxBytes; dropped++) this.#dropFirst();
    this.#waiting.push(datagram);
    this.#bytes += datagram.length;
    return dropped;
  }

  /** One that was taken waits again, before all others but those that were put back before it. Gives how many were dropped for want of room, perhaps this one. */
  putBack(datagram: Buffer): number {
    let dropped = 0;
    for (; this.#bytes + datagram.length > this.#maxBytes; dropped++) {
      if (this.#putBack === 0) return dropped + 1; // it is the oldest itself
      this.#dropFirst();
    }
    const at = this.#first + this.#putBack;
    if (this.#putBack === 0 && this.#first > 0) this.#waiting[--this.#first] = datagram;
    else this.#waiting.splice(at, 0, datagram);
    this.#putBack++;
    this.#bytes += datagram.length;
    return dropped;
  }

  /** The oldest. */
  shift(): Buffer | undefined {
    this.#putBack = 0;
    return this.#removeFirst();
  }

  #dropFirst(): void {
    this.#removeFirst();
    if (this.#putBack > 0) this.#putBack--;
  }

  #removeFirst(): Buffer | undefined {
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
    this.#putBack = 0;
    return length;
  }
}
