import type { RemoteInfo } from 'node:dgram';

/** What a datagram costs besides its bytes, in Node 20: buffer, backing store, sender. */
const OVERHEAD_BYTES = 512;

/** Datagrams of one turn of the loop, in their order, and who sent them. */
export interface ReceivedDatagrams {
  readonly datagrams: readonly Buffer[];
  readonly senders: readonly RemoteInfo[];
}

/** Datagrams that wait for a consumer, at most so many bytes. */
export class DatagramBacklog {
  readonly #maxBytes: number;
  #datagrams: Buffer[] = [];
  #senders: RemoteInfo[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#datagrams.length === 0;
  }

  /** False when there is no room. */
  add(datagram: Buffer, sender: RemoteInfo): boolean {
    const cost = datagram.length + OVERHEAD_BYTES;
    if (this.#bytes + cost > this.#maxBytes) return false;
    this.#bytes += cost;
    this.#datagrams.push(datagram);
    this.#senders.push(sender);
    return true;
  }

  /** The first ones, about so many bytes of them; they do not wait any longer. */
  take(bytes: number): ReceivedDatagrams {
    if (this.#bytes <= bytes) {
      const all = { datagrams: this.#datagrams, senders: this.#senders };
      this.#datagrams = [];
      this.#senders = [];
      this.#bytes = 0;
      return all;
    }
    let count = 0;
    for (let taken = 0; taken < bytes; count++) taken += (this.#datagrams[count]?.length ?? bytes) + OVERHEAD_BYTES;
    const senders = this.#senders.splice(0, count);
    const datagrams = this.#datagrams.splice(0, count);
    for (const { length } of datagrams) this.#bytes -= length + OVERHEAD_BYTES;
    return { datagrams, senders };
  }
}
