import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { ConfigError } from '../../../shared/config/errors.ts';

export interface LineFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** The file was renamed, and a new one is begun. */
  readonly rotated: () => void;
  /** The file was found to end within a line. */
  readonly torn: () => void;
}

const LF = 0x0a;

/**
 * A file that only ever holds complete lines, as long as nobody else writes to it. Calls must not overlap: the runtime gives an output one
 * batch at a time.
 */
export class LineFile {
  readonly #options: LineFileOptions;
  #handle: FileHandle | undefined;
  #size = 0;

  constructor(options: LineFileOptions) {
    this.#options = options;
  }

  /** Appends the lines, all or none. */
  async append(lines: Uint8Array): Promise<void> {
    if (await this.#hasMoved()) await this.close();
    let handle = await this.open();
    if (this.#size > 0 && this.#size + lines.length > this.#options.maxBytes) handle = await this.#rotate();
    try {
      await writeAll(handle, lines);
      this.#size += lines.length;
    } catch (error) {
      // a full disk takes a part, and f=12 of f=1234 would be taken for a whole line
      await handle.truncate(this.#size).catch(() => {});
      await this.close();
      throw error;
    }
  }

  /** Opens the file unless it is open. A line that a crash has cut off is ended, so that it does not swallow the next one. */
  async open(): Promise<FileHandle> {
    if (this.#handle) return this.#handle;
    const { path, torn } = this.#options;
    const handle = await open(path, 'a+', 0o640);
    try {
      const found = await handle.stat();
      // what is no file must not be renamed: /dev/null, a pipe
      if (!found.isFile()) throw notAFile(path);
      this.#size = found.size;
      if (await endsWithinLine(handle, found.size)) {
        torn();
        await writeAll(handle, Uint8Array.of(LF));
        this.#size++;
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    return handle;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Whether somebody else has renamed or removed the file, e.g. logrotate. */
  async #hasMoved(): Promise<boolean> {
    if (!this.#handle) return false;
    const ours = await this.#handle.stat();
    const there = await stat(this.#options.path).catch(() => undefined);
    return there?.ino !== ours.ino || there.dev !== ours.dev;
  }

  async #rotate(): Promise<FileHandle> {
    const { path, rotated } = this.#options;
    await rename(path, `${path}.1`);
    await this.close();
    rotated();
    return this.open();
  }
}

async function endsWithinLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== LF;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
}

function notAFile(path: string): ConfigError {
  const message = 'this is no regular file, so no lines can be appended to it';
  return new ConfigError(path, [{ code: 'bad_value', line: 0, message }]);
}
