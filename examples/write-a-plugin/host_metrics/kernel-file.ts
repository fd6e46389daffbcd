import { closeSync, openSync, readSync } from 'node:fs';

/** A kernel text larger than this is cut: `/proc/stat` of a machine with 4096 CPUs and 10,000 interrupts has about 400 KiB. */
const LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * A file of /proc or /sys that is read again and again. It stays open, since reading it from position 0 makes the kernel
 * write it anew, and opening would cost more than reading.
 */
export class KernelFile {
  readonly path: string;
  #fd: number | undefined;
  #buffer = Buffer.alloc(16 * 1024);

  constructor(path: string) {
    this.path = path;
  }

  /** The text of this moment. @throws the system's error when there is no such file or it cannot be read. */
  read(): string {
    this.#fd ??= openSync(this.path, 'r');
    let length = 0;
    try {
      for (;;) {
        const got = readSync(this.#fd, this.#buffer, length, this.#buffer.length - length, length);
        length += got;
        if (got === 0 || length >= LIMIT_BYTES) return this.#buffer.toString('latin1', 0, length);
        if (length === this.#buffer.length) this.#grow();
      }
    } catch (error) {
      // An interface that was removed and came back has other files behind the same path.
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #grow(): void {
    const larger = Buffer.alloc(Math.min(this.#buffer.length * 2, LIMIT_BYTES));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
