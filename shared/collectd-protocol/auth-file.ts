import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { type AuthFileLimits, parseAuthFile } from './parse-auth-file.ts';
import type { Credentials } from './security.ts';

/** Which file, and who is told of what is wrong with it. */
export interface AuthFileOptions extends AuthFileLimits {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told once of everything that is wrong with the file, and again when that changes. Never with a password. */
  readonly onProblem: (message: string) => void;
  /** Longest file in bytes. Default 4 MiB, as it is read without letting anything else run. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
/** How often the file is asked whether it changed, on use. */
const CHECK_EVERY_MS = 1000;
/** A file written this shortly before we looked may be written again without a new time (a tick of the kernel is 4 ms). */
const UNSETTLED_MS = 100;
/** Problems that are told one by one. */
const MAX_TOLD = 5;
/** Any right of others. */
const OTHERS = 0o007n;

/**
 * The users of an AuthFile. The file is asked for changes at most once a second, when a password is needed; its stamp is compared (inode, size, times to
 * the nanosecond), so that it does not matter how it was replaced. While it is missing or unreadable the users of before stay known, as in collectd.
 */
export class AuthFile implements Credentials {
  readonly #options: AuthFileOptions;
  #users: ReadonlyMap<ByteString, Buffer> = new Map();
  #stamp = '';
  #checkedAt = Number.NEGATIVE_INFINITY;
  #told = '';

  /** Reads the file. One that cannot be read is a problem like others: nobody is known until it can. */
  constructor(options: AuthFileOptions) {
    this.#options = options;
    this.#check();
  }

  /** Number of users that are known. */
  get size(): number {
    return this.#users.size;
  }

  passwordOf(user: ByteString): Buffer | undefined {
    // a clock that was set back must not stop the looking
    if (Math.abs(this.#options.now() - this.#checkedAt) >= CHECK_EVERY_MS) this.#check();
    return this.#users.get(user);
  }

  #check(): void {
    this.#checkedAt = this.#options.now();
    try {
      const stats = statSync(this.#options.path, { bigint: true });
      if (stampOf(stats) !== this.#stamp) this.#read(stats);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#stamp = '';
      this.#tellUnread(error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`);
    }
  }

  /** The users of before stay, so that a mishap does not shut everybody out. */
  #tellUnread(fault: string): void {
    this.#tell([this.size === 0 ? fault : `${fault}; what it said before stays in force`]);
  }

  #read(seen: BigIntStats): void {
    const { maxBytes = DEFAULT_MAX_BYTES } = this.#options;
    // a FIFO would keep us waiting for its writer
    const fault = seen.isFile() ? undefined : 'is no file';
    const faultOfSize = seen.size > maxBytes ? `has ${seen.size} bytes, more than the limit of ${maxBytes}` : undefined;
    if (fault !== undefined || faultOfSize !== undefined) {
      this.#stamp = stampOf(seen);
      this.#tellUnread(fault ?? (faultOfSize as string));
      return;
    }
    // it may have become one since
    const fd = openSync(this.#options.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = fstatSync(fd, { bigint: true });
      const content = readFileSync(fd);
      const after = fstatSync(fd, { bigint: true });
      // being written: half a file would forget users; the next look reads it
      if (stampOf(before) !== stampOf(after) || content.length !== Number(after.size)) return;
      this.#take(content, after);
    } finally {
      closeSync(fd);
    }
  }

  #take(content: Buffer, stats: BigIntStats): void {
    const isSettled = Math.abs(this.#options.now() - Number(stats.mtimeMs)) >= UNSETTLED_MS;
    this.#stamp = isSettled ? stampOf(stats) : '';
    const { users, problems } = parseAuthFile(content, this.#options);
    this.#users = withBuffersOf(this.#users, users);
    const told = problems.slice(0, MAX_TOLD).map(({ line, message }) => `line ${line}: ${message}`);
    if (problems.length > MAX_TOLD) told.push(`${problems.length - MAX_TOLD} more lines are wrong`);
    if ((stats.mode & OTHERS) !== 0n) told.push(openToOthers(stats.mode));
    this.#tell(told);
  }

  #tell(problems: readonly string[]): void {
    const { path, onProblem } = this.#options;
    const messages = problems.map((problem) => `AuthFile ${JSON.stringify(path)} ${problem}`);
    const all = messages.join('\n');
    if (all === this.#told) return;
    this.#told = all;
    for (const message of messages) onProblem(message);
  }
}

/** Unchanged passwords keep their buffers: what is derived from one is remembered by it. */
function withBuffersOf(
  former: ReadonlyMap<ByteString, Buffer>,
  users: ReadonlyMap<ByteString, Buffer>,
): ReadonlyMap<ByteString, Buffer> {
  const kept = ([user, password]: [ByteString, Buffer]): [ByteString, Buffer] => {
    const old = former.get(user);
    return [user, old?.equals(password) ? old : password];
  };
  return new Map([...users].map(kept));
}

function openToOthers(mode: bigint): string {
  return `is open to every user of this system (mode ${(mode & 0o777n).toString(8).padStart(4, '0')}); 0640 would do`;
}

function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mode}:${mtimeNs}:${ctimeNs}`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
