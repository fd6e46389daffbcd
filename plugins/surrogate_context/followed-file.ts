import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../../shared/config/errors.ts';
import { formatSize } from '../../shared/config/size.ts';

/** A file that is read anew whenever it has changed. What it said last without a mistake stays. */
export class FollowedFile<T> {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #parse: (path: string, text: string) => T;
  /** Identity of the version that was read last, good or bad. */
  #version = '';

  /** @param parse throws a `ConfigError` for a text with mistakes */
  constructor(path: string, maxBytes: number, parse: (path: string, text: string) => T) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#parse = parse;
  }

  /**
   * What the file says, if it is another file than at the last call; undefined if not.
   * @throws {ConfigError} when it cannot be read or has mistakes; once for each version
   */
  readIfChanged(): T | undefined {
    const version = this.#currentVersion();
    if (version === this.#version) return undefined;
    this.#version = version;
    return this.#parse(this.path, this.#read());
  }

  /** Replacing by rename changes the inode, writing in place the times or the size. */
  #currentVersion(): string {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(this.path, { bigint: true });
      return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
    } catch (error) {
      return String(error);
    }
  }

  #read(): string {
    try {
      const { size } = statSync(this.path);
      if (size > this.#maxBytes) {
        throw new ConfigError(this.path, [
          {
            code: 'unreadable_file',
            line: 0,
            message: `${formatSize(size)} is more than the limit of ${formatSize(this.#maxBytes)}`,
          },
        ]);
      }
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      const { message } = error as NodeJS.ErrnoException;
      throw new ConfigError(this.path, [{ code: 'unreadable_file', line: 0, message: `cannot be read: ${message}` }]);
    }
  }
}
