import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

export type FileFault = 'missing' | 'unreadable' | 'too_large';

/** A file that cannot be read, in words for an operator. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly fault: FileFault;

  constructor(fault: FileFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Gives a buffer of this size, where the content should stand. */
export type Room = (size: number) => Buffer;

const ownRoom: Room = (size) => Buffer.allocUnsafeSlow(size);

/** How much one read takes: the work is in another thread, and a stop does not wait long for it. */
const READ_BYTES = 1024 * 1024;

/** A file written this shortly before we looked may be written again without a new time (a tick of the kernel is 4 ms). */
const UNSETTLED_MS = 100;

/**
 * A file whose changes are noticed by asking for its stamp (inode, size, times) now and then, as `tail -F` does: it works for
 * renamed and rewritten files and on every file system, and costs some microseconds.
 */
export class FollowedFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  #stamp = '';

  constructor(path: string, maxBytes: number, now: () => number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /**
   * The content with one byte 0 behind it, read without letting anything else run. For the start. Undefined when it is just
   * being written.
   * @throws {FileError}
   */
  readSync(room: Room = ownRoom): Buffer | undefined {
    let fd: number | undefined;
    try {
      // asked before opening: to open a FIFO would wait for its writer
      this.#check(statSync(this.#path, { bigint: true }));
      fd = openSync(this.#path, 'r');
      const before = fstatSync(fd, { bigint: true });
      const bytes = this.#room(before, room);
      let length = 0;
      while (length < bytes.length - 1) {
        const count = readSync(fd, bytes, length, bytes.length - 1 - length, length);
        if (count === 0) break;
        length += count;
      }
      return this.#finish(bytes, length, before, fstatSync(fd, { bigint: true }));
    } catch (error) {
      throw this.#fault(error);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /**
   * The content when it changed since the last read, with one byte 0 behind it; undefined when it did not, or is just being
   * written.
   * @throws {FileError}
   */
  async readChanged(room: Room = ownRoom): Promise<Buffer | undefined> {
    // loaded when it is needed: it brings a dozen modules, which a start can do without
    const { open, stat } = await import('node:fs/promises');
    let file: FileHandle | undefined;
    try {
      const seen = await stat(this.#path, { bigint: true });
      if (stampOf(seen) === this.#stamp) return undefined;
      this.#check(seen);
      file = await open(this.#path, 'r');
      const before = await file.stat({ bigint: true });
      const bytes = this.#room(before, room);
      let length = 0;
      while (length < bytes.length - 1) {
        const { bytesRead } = await file.read(bytes, length, Math.min(READ_BYTES, bytes.length - 1 - length), length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return this.#finish(bytes, length, before, await file.stat({ bigint: true }));
    } catch (error) {
      throw this.#fault(error);
    } finally {
      await file?.close();
    }
  }

  #room(stats: BigIntStats, room: Room): Buffer {
    this.#check(stats);
    return room(Number(stats.size) + 1);
  }

  #check(stats: BigIntStats): void {
    if (!stats.isFile()) throw new FileError('unreadable', `${quote(this.#path)} is no file`);
    if (stats.size > BigInt(this.#maxBytes)) {
      this.#stamp = stampOf(stats);
      throw new FileError(
        'too_large',
        `${quote(this.#path)} has ${stats.size} bytes, more than the limit of ${this.#maxBytes}`,
      );
    }
  }

  #finish(bytes: Buffer, length: number, before: BigIntStats, after: BigIntStats): Buffer | undefined {
    const stamp = stampOf(after);
    if (stamp !== stampOf(before) || length !== bytes.length - 1) {
      this.#stamp = '';
      return undefined;
    }
    this.#stamp = Math.abs(this.#now() - Number(after.mtimeMs)) < UNSETTLED_MS ? '' : stamp;
    bytes[length] = 0;
    return bytes;
  }

  #fault(error: unknown): unknown {
    if (error instanceof FileError) return error;
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) return error;
    this.#stamp = '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return new FileError('missing', `${quote(this.#path)} does not exist`, {
        cause: error,
      });
    return new FileError('unreadable', `${quote(this.#path)} cannot be read (${code})`, { cause: error });
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
