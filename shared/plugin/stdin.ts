import { fstatSync, readSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { READ_SIZE } from '../line-protocol/kernel.ts';
import { Nap } from './nap.ts';

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
 * the event loop alive; files, which it refuses, by `readSync`.
 *
 * @param coalesceMs how long a reader may sleep after a small read, so that single lines gather; 0 never
 */
export function readStdin(buffer: Uint8Array, coalesceMs: number, events: StdinEvents): Stdin {
  const kind = fstatSync(0);
  return kind.isFIFO() || kind.isSocket() ? readPipe(buffer, coalesceMs, events) : readFile(buffer, events);
}

function readPipe(buffer: Uint8Array, coalesceMs: number, events: StdinEvents): Stdin {
  const nap = new Nap(coalesceMs);
  let paused = false;
  const options = {
    fd: 0,
    readable: true,
    writable: false,
    onread: {
      buffer,
      callback(n: number) {
        events.chunk(n);
        if (paused) return false;
        nap.afterRead(n);
        return true;
      },
    },
  };
  // @types/node 20 lacks `onread` in the options of the constructor, which has them (net.Socket, "options")
  const socket = new Socket(options as SocketConstructorOpts);
  socket.on('end', () => events.end());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error;
    events.end();
  });
  socket.resume();
  return {
    pause() {
      paused = true;
      socket.pause();
    },
    resume() {
      paused = false;
      socket.resume();
    },
    close: () => socket.destroy(),
  };
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

function readSome(buffer: Uint8Array): number {
  try {
    return readSync(0, buffer, 0, READ_SIZE, null);
  } catch (error) {
    // a closed descriptor or a terminal in another mode: nothing more will come
    if ((error as NodeJS.ErrnoException).code === 'EOF') return 0;
    throw error;
  }
}
