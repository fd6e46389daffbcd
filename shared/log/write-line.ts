import { writeSync } from 'node:fs';
import type { LineWriter } from './create-log.ts';

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** Lines kept for a reader that is slow for a moment; a log must not fill the memory. */
const MAX_WAITING = 256;
const RETRY_MS = 20;

/** Writes bytes to a descriptor and gives how many it took; throws what `fs.writeSync` throws. */
export type WriteBytes = (descriptor: number, bytes: Uint8Array) => number;

/**
 * Writes log lines to stderr or stdout at once, so that nothing is lost when the process ends. A full non-blocking pipe keeps
 * up to 256 lines and tries again; what does not fit is counted and told when there is room. A reader that left is no reason to end.
 */
export function createLineWriter(writeBytes: WriteBytes = writeSync): LineWriter {
  const queues = {
    stdout: new LineQueue(DESCRIPTORS.stdout, writeBytes),
    stderr: new LineQueue(DESCRIPTORS.stderr, writeBytes),
  };
  return (stream, line) => queues[stream].write(line);
}

class LineQueue {
  readonly #descriptor: number;
  readonly #writeBytes: WriteBytes;
  #waiting: Uint8Array[] = [];
  #lost = 0;

  constructor(descriptor: number, writeBytes: WriteBytes) {
    this.#descriptor = descriptor;
    this.#writeBytes = writeBytes;
  }

  write(line: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(Buffer.from(`${line}\n`));
    if (this.#waiting.length === 1) this.#drain();
  }

  #drain(): void {
    while (this.#waiting.length > 0) {
      const bytes = this.#waiting[0] as Uint8Array;
      let taken: number;
      try {
        taken = this.#writeBytes(this.#descriptor, bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          setTimeout(() => this.#drain(), RETRY_MS).unref();
          return;
        }
        // EPIPE, EBADF, ENOSPC: nobody reads this log, and there is no other place to say so
        this.#waiting = [];
        return;
      }
      if (taken < bytes.length) this.#waiting[0] = bytes.subarray(taken);
      else this.#waiting.shift();
    }
    if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.write(`W! ${lost} log lines were lost because their reader was slow`);
    }
  }
}
