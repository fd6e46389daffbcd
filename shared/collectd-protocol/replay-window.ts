import type { ByteString } from '../line-protocol/byte-string.ts';
import { NUMBER_PART_BYTES, PART_HEADER_BYTES, PART_HOST, PART_TIME, PART_TIME_HR } from './parts.ts';

/** Why a part whose signature or encryption is right is not believed; names of refusals. */
export type ReplayRefusal = 'replayed' | 'replay_too_old' | 'replay_too_new';

/** How long is remembered, and how much; limits keep a flood of senders from filling the memory. */
export interface ReplayWindowOptions {
  /** How late a datagram may come behind the newest of its sender, and how far a sender's clock may be ahead of ours. */
  readonly windowMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Most datagrams that are remembered, of all senders; some 100 bytes each. Default 262,144. */
  readonly maxMarks?: number;
  /** Most senders that are remembered; some 500 bytes each. Default 16,384. */
  readonly maxSenders?: number;
}

const DEFAULT_MAX_MARKS = 262_144;
const DEFAULT_MAX_SENDERS = 16_384;
/** What is remembered is forgotten by slots of time, not one by one. */
const SLOTS = 16;
/** Of a signature or an initialisation vector: 128 bits never come twice by chance. */
const MARK_BYTES = 16;

/** What was heard of one user with one host. */
interface Sender {
  /** The newest time, in milliseconds since 1970. */
  newestMs: number;
  /** The first slot that may still be heard of. */
  floor: number;
  /** Marks of the datagrams of each slot. */
  readonly slots: Map<number, Set<string>>;
}

/**
 * Remembers signed and encrypted datagrams, so that a recorded one is not believed a second time; collectd has nothing of the kind. A sender is a user with
 * the first host of the datagram, the time of a datagram is the newest in it.
 *
 * Promised: what passed once does not pass again while this object lives, whatever is forgotten for want of room; where something must be forgotten, all that is
 * as old is refused. Of the time before the start only the last `windowMs` could be sent again. What is late or out of order by no more than the window
 * passes. A sender whose clock is ahead by more than the window is refused, as it would make all that comes after it too old.
 */
export class ReplayWindow {
  readonly #windowMs: number;
  readonly #slotMs: number;
  readonly #now: () => number;
  readonly #maxMarks: number;
  readonly #maxSenders: number;
  /** Whoever was not heard of for the longest time comes first. */
  readonly #senders = new Map<string, Sender>();
  #marks = 0;
  /** The first slot that a sender who is not known may speak of. */
  #floor: number;

  /** @throws {RangeError} for a window that is none */
  constructor(options: ReplayWindowOptions) {
    if (!(options.windowMs > 0 && Number.isFinite(options.windowMs)))
      throw new RangeError(`Window of ${options.windowMs} ms is none`);
    this.#windowMs = options.windowMs;
    this.#slotMs = options.windowMs / SLOTS;
    this.#now = options.now;
    this.#maxMarks = options.maxMarks ?? DEFAULT_MAX_MARKS;
    this.#maxSenders = options.maxSenders ?? DEFAULT_MAX_SENDERS;
    this.#floor = this.#slotOf(this.#now() - this.#windowMs);
  }

  /** Datagrams that are remembered now. */
  get marks(): number {
    return this.#marks;
  }

  get senders(): number {
    return this.#senders.size;
  }

  /**
   * Why these parts must not be believed; undefined when they may, and they are remembered then. To be asked once, when their signature or encryption was found to be right.
   *
   * @param markAt where the signature or the initialisation vector begins
   * @param start where the protected parts begin, and `end` where they end
   */
  check(user: ByteString, bytes: Buffer, markAt: number, start: number, end: number): ReplayRefusal | undefined {
    const { host, timeMs } = readSenderParts(bytes, start, end);
    // without a time nothing in it is believed anyway
    if (timeMs === 0) return undefined;
    if (timeMs > this.#now() + this.#windowMs) return 'replay_too_new';
    const name = `${user.length} ${user}${host}`;
    const sender = this.#senders.get(name) ?? { newestMs: 0, floor: this.#floor, slots: new Map() };
    const slot = this.#slotOf(timeMs);
    if (slot < sender.floor) return 'replay_too_old';
    const mark = bytes.toString('latin1', markAt, markAt + MARK_BYTES);
    if (sender.slots.get(slot)?.has(mark)) return 'replayed';
    this.#remember(name, sender, slot, mark);
    this.#raiseFloor(sender, timeMs);
    this.#makeRoom();
    return undefined;
  }

  #slotOf(timeMs: number): number {
    return Math.floor(timeMs / this.#slotMs);
  }

  #remember(name: string, sender: Sender, slot: number, mark: string): void {
    const marks = sender.slots.get(slot);
    if (marks === undefined) sender.slots.set(slot, new Set([mark]));
    else marks.add(mark);
    this.#marks++;
    this.#senders.delete(name);
    this.#senders.set(name, sender);
  }

  #raiseFloor(sender: Sender, timeMs: number): void {
    if (timeMs <= sender.newestMs) return;
    sender.newestMs = timeMs;
    this.#forgetBefore(sender, this.#slotOf(timeMs - this.#windowMs));
  }

  /** What is forgotten cannot be told from what is new, so it may not come any more. */
  #forgetBefore(sender: Sender, floor: number): void {
    if (floor <= sender.floor) return;
    sender.floor = floor;
    for (const [slot, marks] of sender.slots) {
      if (slot >= floor) continue;
      this.#marks -= marks.size;
      sender.slots.delete(slot);
    }
  }

  #makeRoom(): void {
    if (this.#senders.size > this.#maxSenders) {
      const [name, sender] = this.#senders.entries().next().value as [string, Sender];
      this.#senders.delete(name);
      this.#forgetBefore(sender, this.#slotOf(sender.newestMs) + 1);
      this.#floor = Math.max(this.#floor, sender.floor);
    }
    if (this.#marks <= this.#maxMarks) return;
    for (const sender of this.#senders.values()) {
      if (sender.slots.size === 0) continue;
      this.#forgetBefore(sender, Math.min(...sender.slots.keys()) + 1);
      return;
    }
  }
}

/** The first host and the newest time that the parts speak of; 0 for no time. */
function readSenderParts(bytes: Buffer, start: number, end: number): { host: string; timeMs: number } {
  let host: string | undefined;
  let timeMs = 0;
  let at = start;
  while (end - at > PART_HEADER_BYTES) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    if (length < PART_HEADER_BYTES || length > end - at) break;
    if (type === PART_HOST) host ??= bytes.toString('latin1', at + PART_HEADER_BYTES, at + length);
    else if (length === NUMBER_PART_BYTES && (type === PART_TIME_HR || type === PART_TIME)) {
      const high = bytes.readUInt32BE(at + 4);
      const low = bytes.readUInt32BE(at + 8);
      // a double has 2 µs to spare at cdtimes, and the window does not ask for more
      const seconds = type === PART_TIME ? high * 2 ** 32 + low : high * 4 + low / 2 ** 30;
      timeMs = Math.max(timeMs, seconds * 1000);
    }
    at += length;
  }
  return { host: host ?? '', timeMs };
}
