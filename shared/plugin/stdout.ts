import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, WriteStream } from 'node:tty';
import { countLines } from './line-count.ts';

/** So much may wait for the reader while reading goes on. */
const MAX_HELD_BYTES = 262144;

/** What the writer tells the runtime. */
export interface StdoutEvents {
  /** Too much waits for the reader: stop reading until `drained`. May be said again. */
  blocked(): void;
  /** Nothing waits any more. */
  drained(): void;
  /** The reader has left. */
  gone(): void;
}

/**
 * Writes to descriptor 1 without ever blocking the process, so that signals are answered while the reader stands still.
 *
 * A `net.Socket` makes the pipe non-blocking, but bytes go out by `writeSync` from where they stand: a write that takes only a part says that the
 * pipe is full, and only then the rest is left to the event loop, without a copy (docs/decisions/002-writing.md).
 */
export class Stdout {
  readonly #fd: number;
  readonly #events: StdoutEvents;
  readonly #stream: Socket | WriteStream | undefined;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #gone = false;

  constructor(events: StdoutEvents, fd = 1) {
    this.#fd = fd;
    this.#events = events;
    const kind = fstatSync(fd);
    if (isatty(fd)) this.#stream = new WriteStream(fd);
    else if (kind.isFIFO() || kind.isSocket()) this.#stream = new Socket({ fd, readable: false, writable: true });
    this.#stream?.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.#stream?.unref();
  }

  /** Whether something waits for the reader. */
  get isBlocked(): boolean {
    return this.#held.length > 0;
  }

  /** Lines of which the reader has not got all. */
  get waitingLines(): number {
    // what has left already is the front; only the handle knows how much of it (net.Socket counts whole writes)
    const { _handle } = this.#stream as unknown as { _handle?: { writeQueueSize?: number } };
    const all = this.#held.reduce((sum, buffer) => sum + buffer.length, 0);
    const first = this.#held[0]?.length ?? 0;
    const taken = Math.max(0, first - (_handle?.writeQueueSize ?? all));
    return this.#held.reduce((n, buffer, i) => n + countLines(buffer, i === 0 ? taken : 0), 0);
  }

  /** Writes what the pipe takes at once, and gives where the rest begins; `hold` wants that. */
  write(bytes: Buffer, from: number, to: number): number {
    if (this.#gone) return to;
    if (this.isBlocked) return from;
    // a full pipe is reported by an error; collecting its stack would cost more than the write
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return this.#writeSync(bytes, from, to);
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
      return to;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #writeSync(bytes: Buffer, from: number, to: number): number {
    while (from < to) {
      try {
        const n = writeSync(this.#fd, bytes, from, to - from);
        from += n;
        if (this.#stream && from < to) return from;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN' && this.#stream) return from;
        if (code !== 'EINTR') throw error;
      }
    }
    return from;
  }

  /** Takes what did not fit, in order. The bytes must stay as they are until `drained`. */
  hold(rest: Buffer): void {
    if (this.#gone || !this.#stream) return;
    this.#held.push(rest);
    this.#heldBytes += rest.length;
    // a little may wait while more is read: to stop and go on for every full pipe costs more than the write
    if (this.#heldBytes > MAX_HELD_BYTES) this.#events.blocked();
    this.#stream.ref();
    this.#stream.write(rest, () => {
      this.#held.shift();
      this.#heldBytes -= rest.length;
      if (this.isBlocked || this.#gone) return;
      this.#stream?.unref();
      this.#events.drained();
    });
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#gone) return;
    this.abandon();
    if (error.code !== 'EPIPE') throw error;
    this.#events.gone();
  }

  /** Gives up what waits, so that the process can end. */
  abandon(): void {
    this.#gone = true;
    this.#held.length = 0;
    this.#stream?.destroy();
  }
}
