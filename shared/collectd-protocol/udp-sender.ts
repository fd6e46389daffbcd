import { DatagramQueue } from './datagram-queue.ts';
import { Pace } from './pace.ts';
import { isPassing } from './send-errors.ts';
import type { UdpConnection } from './udp-connection.ts';
import { DEFAULT_RETRY_MS, UdpRoute, type UdpRouteOptions } from './udp-route.ts';

/** Where to send, by which way, and how much may wait for it. */
export interface UdpSenderOptions extends UdpRouteOptions {
  /** Most bytes that wait while they cannot be sent; the oldest datagrams are dropped for new ones. Default 16 MiB. */
  readonly maxQueueBytes?: number;
  /**
   * Most datagrams a second, in bursts of 16; the others wait. Default: no limit. Of 15,000 datagrams of 44 values a collectd 5.12 with default buffers on a busy machine lost none at
   * 5,000 a second, and 3,210 without a limit.
   */
  readonly datagramsPerSecond?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const DEFAULT_QUEUE_BYTES = 16 * 1024 * 1024;
/** Handed over in one turn of the loop, so that other things run in between. */
const DATAGRAMS_PER_TURN = 64;
/** Bytes that the system has not taken yet. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** After an error that may pass; twice as long after each further one. */
const FIRST_PAUSE_MS = 250;

/**
 * Sends datagrams to one address, name or group. It never throws: what cannot be sent now waits in a bounded queue, of which the oldest are dropped and
 * counted. While errors last that may pass, such as a network that is away, one datagram at a time is tried.
 */
export class UdpSender {
  readonly #queue: DatagramQueue;
  readonly #halfQueue: number;
  readonly #pace: Pace | undefined;
  readonly #route: UdpRoute;
  /** Ends the wait for the next turn. */
  #cancelTurn: (() => void) | undefined;
  #isClosed = false;
  /** Nobody will try again. */
  #isOver = false;
  /** The last datagram met an error that may pass. */
  #isTroubled = false;
  #isPaused = false;
  readonly #maxPauseMs: number;
  #pauseMs: number;
  #pendingBytes = 0;
  #waiting: Waiting[] = [];
  readonly #onTrouble: UdpSenderOptions['onTrouble'];
  #sent = 0;
  #sentBytes = 0;
  #dropped = 0;

  constructor(options: UdpSenderOptions) {
    const { maxQueueBytes = DEFAULT_QUEUE_BYTES, datagramsPerSecond = 0, now = () => performance.now() } = options;
    this.#queue = new DatagramQueue(maxQueueBytes);
    this.#halfQueue = maxQueueBytes / 2;
    this.#onTrouble = options.onTrouble;
    this.#maxPauseMs = options.retryMs ?? DEFAULT_RETRY_MS;
    this.#pauseMs = this.#firstPauseMs;
    this.#pace = datagramsPerSecond > 0 ? new Pace(datagramsPerSecond, now) : undefined;
    this.#route = new UdpRoute(options, () => this.#pump());
  }

  get #firstPauseMs(): number {
    return Math.min(FIRST_PAUSE_MS, this.#maxPauseMs);
  }

  /** There is no way to the peer just now. */
  get #isAway(): boolean {
    return this.#route.connection === undefined || this.#isTroubled;
  }

  /** Datagrams that the system took; whether they arrived nobody knows. */
  get sent(): number {
    return this.#sent;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Datagrams that were given up: from a full queue, by an error that does not pass, or at the end. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Errors of all kinds. "Nobody listens" comes later than the datagram it is the answer to, which is counted as sent. */
  get errors(): number {
    return this.#route.errors;
  }

  /** Bytes that wait. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** The bytes must stay as they are. */
  send(datagram: Buffer): void {
    if (this.#isClosed) {
      this.#dropped++;
      return;
    }
    this.#overflowed(this.#queue.add(datagram));
    if (this.#cancelTurn === undefined) this.#pump();
  }

  #overflowed(dropped: number): void {
    if (dropped === 0) return;
    this.#dropped += dropped;
    this.#onTrouble('full', 'The queue is full; the oldest datagrams are dropped');
  }

  /**
   * For one that would rather wait than lose: undefined while half the queue is free, else resolves when it is. Never waits for a peer to which there is
   * no way.
   */
  room(): Promise<void> | undefined {
    if (this.#isAway || this.#queue.bytes <= this.#halfQueue) return undefined;
    return this.#until(() => this.#queue.bytes <= this.#halfQueue || this.#isAway);
  }

  /** Sends what waits, for at most so many milliseconds, and ends. */
  async close(withinMs = 1000): Promise<void> {
    this.#isClosed = true;
    if (this.#isPaused) this.#pump();
    const isSent = this.#until(() => this.#queue.length === 0 && this.#pendingBytes === 0);
    const timer = setTimeout(() => {
      this.#isOver = true;
      this.#dropped += this.#queue.clear();
      this.#route.close();
      this.#resume(true);
    }, withinMs);
    await isSent;
    clearTimeout(timer);
    this.#cancelTurn?.();
    this.#route.close();
    this.#resume(true);
  }

  /** One turn. */
  #pump(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#isPaused = false;
    const { connection } = this.#route;
    if (connection === undefined) return;
    for (let i = 0; this.#queue.length > 0 && this.#pendingBytes < (this.#isTroubled ? 1 : MAX_PENDING_BYTES); i++) {
      if (i === DATAGRAMS_PER_TURN) {
        const turn = setImmediate(() => this.#pump());
        this.#cancelTurn = () => clearImmediate(turn);
        break;
      }
      if (this.#pace?.take() === false) {
        const turn = setTimeout(() => this.#pump(), this.#pace.waitMs);
        this.#cancelTurn = () => clearTimeout(turn);
        break;
      }
      this.#hand(this.#queue.shift() as Buffer, connection);
    }
    this.#resume();
  }

  #hand(datagram: Buffer, connection: UdpConnection, isSecond = false): void {
    this.#pendingBytes += datagram.length;
    connection.send(datagram, (error) => {
      this.#pendingBytes -= datagram.length;
      if (error === null) {
        this.#sent++;
        this.#sentBytes += datagram.length;
        this.#isTroubled = false;
        this.#pauseMs = this.#firstPauseMs;
      } else {
        this.#route.report(error, connection);
        // it is the answer to a datagram before; this one has not left. Only once: where nobody listens, each would be answered so
        const isForOther = error.code === 'ECONNREFUSED' && !isSecond && connection === this.#route.connection;
        if (isForOther) this.#hand(datagram, connection, true);
        else if (isPassing(error) && !this.#isOver) this.#putBack(datagram);
        else this.#dropped++;
      }
      if (this.#cancelTurn === undefined && this.#queue.length > 0) this.#pump();
      else this.#resume();
    });
  }

  #putBack(datagram: Buffer): void {
    this.#overflowed(this.#queue.putBack(datagram));
    this.#isTroubled = true;
    if (this.#isPaused) return;
    this.#cancelTurn?.();
    this.#isPaused = true;
    const turn = setTimeout(() => this.#pump(), this.#pauseMs);
    this.#cancelTurn = () => clearTimeout(turn);
    this.#pauseMs = Math.min(this.#maxPauseMs, this.#pauseMs * 2);
  }

  #until(isReady: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isReady, resolve });
      this.#resume();
    });
  }

  /** @param isOver lets all go on, whatever they wait for */
  #resume(isOver = false): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (isOver || one.isReady()) one.resolve();
      else this.#waiting.push(one);
    }
  }
}

interface Waiting {
  readonly isReady: () => boolean;
  readonly resolve: () => void;
}
