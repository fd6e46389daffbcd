import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import type { Socket, SocketConstructorOpts } from 'node:net';
import { READ_SIZE } from '../line-protocol/kernel.ts';
import { Nap } from './nap.ts';
import { openAgain } from './open-again.ts';

/** Bytes on their way in. */
export interface Stdin {
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
  /** Reads no more, ever. */
  close(): void;
}

export interface StdinEvents {
  /** n bytes were put into the buffer. */
  chunk(n: number): void;
  end(): void;
}

/**
 * Reads descriptor 0 into one buffer, again and again. Pipes and sockets by `net.Socket`, whose `onread` allocates nothing and leaves
 * the event loop alive; files, which it refuses, by `readSync`. What stands in a pipe already is read before the socket is made, as what makes
 * one takes longer to load than the first lines to pass.
 *
 * @param coalesceMs how long a reader may sleep after a small read, so that single lines gather; 0 never
 */
export function readStdin(buffer: Uint8Array, coalesceMs: number, events: StdinEvents): Stdin {
  const kind = fstatSync(0);
  if (!kind.isFIFO() && !kind.isSocket()) return readFile(buffer, events);
  return new PipeReader(buffer, coalesceMs, events, kind.isFIFO());
}

class PipeReader implements Stdin {
  readonly #buffer: Uint8Array;
  readonly #events: StdinEvents;
  readonly #nap: Nap;
  #socket: Socket | undefined;
  #paused = false;
  #closed = false;

  constructor(buffer: Uint8Array, coalesceMs: number, events: StdinEvents, isPipe: boolean) {
    this.#buffer = buffer;
    this.#events = events;
    this.#nap = new Nap(coalesceMs);
    // as soon as whoever made us is ready
    void Promise.resolve().then(() => {
      if (isPipe) this.#takeWhatIsThere();
      this.#listen();
    });
  }

  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#socket) this.#socket.resume();
    else setImmediate(() => this.#listen());
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #takeWhatIsThere(): void {
    if (this.#closed || this.#paused) return;
    const fd = openAgain(0, constants.O_RDONLY);
    if (fd === undefined) return;
    const n = readReady(fd, this.#buffer);
    // only for this: a FIFO that is opened when its writer has gone already never says so to those who wait
    closeSync(fd);
    if (n > 0) this.#took(n);
  }

  /** Gives whether to go on. */
  #took(n: number): boolean {
    this.#events.chunk(n);
    if (this.#paused) return false;
    this.#nap.afterRead(n);
    return true;
  }

  /** Waits for what comes. */
  #listen(): void {
    if (this.#socket || this.#closed || this.#paused) return;
    const options = {
      fd: 0,
      readable: true,
      writable: false,
      onread: { buffer: this.#buffer, callback: (n: number) => this.#took(n) },
    };
    // @types/node 20 lacks `onread` in the options of the constructor, which has them (net.Socket, "options")
    const socket = new (process.getBuiltinModule('node:net').Socket)(options as SocketConstructorOpts);
    this.#socket = socket;
    socket.on('end', () => this.#events.end());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') throw error;
      this.#events.end();
    });
    socket.resume();
  }
}

function readFile(buffer: Uint8Array, events: StdinEvents): Stdin {
  let paused = false;
  let closed = false;
  const read = () => {
    if (paused || closed) return;
    const n = readSome(buffer);
    if (n > 0) {
      events.chunk(n);
      setImmediate(read); // signals and timers get their turn
    } else {
      closed = true;
      events.end();
    }
  };
  setImmediate(read);
  return {
    pause() {
      paused = true;
    },
    resume() {
      if (!paused) return;
      paused = false;
      setImmediate(read);
    },
    close() {
      closed = true;
    },
  };
}

/** Gives 0 where nothing is there, whether or not more may come. */
function readReady(fd: number, buffer: Uint8Array): number {
  try {
    return readSync(fd, buffer, 0, READ_SIZE, null);
  } catch {
    return 0;
  }
}

function readSome(buffer: Uint8Array): number {
  try {
    return readSync(0, buffer, 0, READ_SIZE, null);
  } catch (error) {
    // a closed descriptor or a terminal in another mode: nothing more will come
    if ((error as NodeJS.ErrnoException).code === 'EOF') return 0;
    throw error;
  }
}
