import { constants, fstatSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { WriteStream } from 'node:tty';
import { countLines } from './line-count.ts';
import { openAgain } from './open-again.ts';

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
 * The pipe is opened once more, without blocking, and bytes go out by `writeSync` from where they stand: a write that takes only a part says that the
 * pipe is full, and only then a `net.Socket` is made, and the rest left to the event loop, without a copy (docs/decisions/002-writing.md). A pipe that
 * cannot be opened again, a socket and a terminal are made non-blocking by their stream at once.
 */
export class Stdout {
  readonly #fd: number;
  readonly #events: StdoutEvents;
  /** Whether what is written may be taken in part, and the rest must wait. */
  readonly #canBeFull: boolean;
  #stream: Socket | WriteStream | undefined;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #gone = false;

  constructor(events: StdoutEvents, fd = 1) {
    this.#events = events;
    const kind = fstatSync(fd);
    const own = kind.isFIFO() ? openAgain(fd, constants.O_WRONLY) : undefined;
    this.#fd = own ?? fd;
    const isTerminal = kind.isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd);
    this.#canBeFull = isTerminal || kind.isFIFO() || kind.isSocket();
    if (this.#canBeFull && own === undefined) this.#stream = this.#open(isTerminal);
  }

  #open(isTerminal: boolean): Socket | WriteStream {
    const fd = this.#fd;
    const stream = isTerminal
      ? new (process.getBuiltinModule('node:tty').WriteStream)(fd)
      : new (process.getBuiltinModule('node:net').Socket)({ fd, readable: false, writable: true });
    stream.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    stream.unref();
    return stream;
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
        if (this.#canBeFull && from < to) return from;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN' && this.#canBeFull) return from;
        if (code !== 'EINTR') throw error;
      }
    }
    return from;
  }

  /** Takes what did not fit, in order. The bytes must stay as they are until `drained`. */
  hold(rest: Buffer): void {
    if (this.#gone || !this.#canBeFull) return;
    this.#stream ??= this.#open(false);
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
