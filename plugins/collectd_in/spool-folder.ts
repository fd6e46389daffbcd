import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/** A claim lasts less than a millisecond: after so long its owner has died in it. */
const STALE_CLAIM_MS = 10_000;
/** The same for a file that is being written. */
const STALE_WRITE_MS = 60_000;

const REFUSED = '.refused';
const CLAIM = '.claim-';
const WRITING = '.tmp-';
const FOREIGN = '.foreign-';

/** What a look into the directory has found. */
export interface SpoolContent {
  /** Files that wait, by name. */
  readonly names: readonly string[];
  /** Notifications that were turned away since the last look, as the directory was full or they were too long. */
  readonly refused: number;
  /** Files whose follower has died are there again: worth another look. */
  readonly hasFreed: boolean;
}

/**
 * The files of the directory that `crosslayer-notify` writes into. Names with a dot in front are none of them: so a writer uses such a name first and renames it, a
 * follower takes a file by renaming it, and one of several followers gets it.
 */
export class SpoolFolder {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #now: () => number;

  /** @param now milliseconds since 1970, as the file system counts */
  constructor(folder: string, maxFileBytes: number, now: () => number) {
    this.#folder = folder;
    this.#maxFileBytes = maxFileBytes;
    this.#now = now;
  }

  /** Looks what is there, and tidies what writers and followers that died have left. */
  look(): SpoolContent {
    const names = readdirSync(this.#folder).sort();
    let refused = 0;
    let hasFreed = false;
    for (const name of names) {
      if (!name.startsWith('.')) continue;
      const path = join(this.#folder, name);
      if (name === REFUSED) refused += this.#takeRefused(path);
      else if (name.startsWith(CLAIM) && this.#isOlder(path, STALE_CLAIM_MS))
        hasFreed = this.#free(path, name) || hasFreed;
      else if (name.startsWith(WRITING) && this.#isOlder(path, STALE_WRITE_MS)) rmSync(path, { force: true });
    }
    return { names: names.filter((name) => !name.startsWith('.')), refused, hasFreed };
  }

  /** Takes a file for this process, and gives its path from now on; undefined when another has taken it. */
  claim(name: string): string | undefined {
    const path = join(this.#folder, `${CLAIM}${process.pid}-${name}`);
    return this.#renamed(join(this.#folder, name), path) ? path : undefined;
  }

  /**
   * The text of a file that was claimed; undefined for what is no file, which is put aside.
   *
   * @throws when it cannot be read or is too large
   */
  read(path: string, name: string): Buffer | undefined {
    if (!lstatSync(path).isFile()) {
      renameSync(path, join(this.#folder, `${FOREIGN}${process.pid}-${name}`));
      return undefined;
    }
    // it may have been exchanged for a link or a pipe just now
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(fd);
      if (size > this.#maxFileBytes) throw new Error(`it has ${size} bytes, the limit is ${this.#maxFileBytes}`);
      const text = Buffer.allocUnsafe(size);
      return text.subarray(0, readSync(fd, text, 0, size, 0));
    } finally {
      closeSync(fd);
    }
  }

  remove(path: string): void {
    rmSync(path, { force: true });
  }

  /** Gives false when it has gone. */
  #renamed(from: string, to: string): boolean {
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** Gives a file back that was claimed and not removed. */
  #free(path: string, name: string): boolean {
    const original = name.slice(name.indexOf('-', CLAIM.length) + 1);
    return this.#renamed(path, join(this.#folder, original));
  }

  /** Each notification that was turned away has left one byte. */
  #takeRefused(path: string): number {
    const claim = `${path}-${process.pid}`;
    if (!this.#renamed(path, claim)) return 0;
    const { size } = statSync(claim);
    unlinkSync(claim);
    return size;
  }

  /** Since the last change of its name or content. */
  #isOlder(path: string, ms: number): boolean {
    try {
      return this.#now() - lstatSync(path).ctimeMs > ms;
    } catch {
      // it has gone meanwhile
      return false;
    }
  }
}
