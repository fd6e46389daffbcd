import {
  closeSync,
  constants,
  type Dir,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { FOREIGN, ForeignFiles } from './foreign-files.ts';

/** A claim lasts less than a millisecond: after so long its owner has died in it. */
const STALE_CLAIM_MS = 10_000;
/** The same for a file that is being written. */
const STALE_WRITE_MS = 60_000;
/** Names that one look reads, some 10 ms; the next goes on from there. crosslayer-notify lets 4,096 files wait. */
const MAX_NAMES_A_LOOK = 10_000;
/** A claim's name keeps so much of the file's, in which the time is, and stays shorter than the 255 bytes of a name. */
const MAX_KEPT_NAME = 64;

const REFUSED = '.refused';
const CLAIM = '.claim-';
const WRITING = '.tmp-';

/** What a look into the directory has found. */
interface SpoolContent {
  /** Files that wait, by name. */
  readonly names: readonly string[];
  /** Notifications that were turned away since the last look, as the directory was full or they were too long. */
  refused: number;
  /** Notifications of which only a part was there: their writers died. */
  unfinished: number;
  /** Files whose follower has died are there again: worth another look. */
  hasFreed: boolean;
  /** The directory has more names than one look reads. */
  hasMore: boolean;
  /** What was in the way and is no file. */
  readonly foreign: Foreign[];
  /** What could not be tidied. */
  readonly failed: { readonly name: string; readonly error: unknown }[];
}

/** Something that is no regular file, by its former name; `aside` is its new one, undefined when it was removed. */
interface Foreign {
  readonly name: string;
  readonly aside: string | undefined;
}

/**
 * The files of the directory that `crosslayer-notify` writes into. Names with a dot in front are none of them: so a writer uses such a name first and renames it, a
 * follower takes a file by renaming it, and one of several followers gets it.
 */
export class SpoolFolder {
  readonly #folder: string;
  readonly #maxFileBytes: number;
  readonly #now: () => number;
  readonly #foreign: ForeignFiles;
  /** Where the last look stopped. */
  #dir: Dir | undefined;
  #claims = 0;

  /** @param now milliseconds since 1970, as the file system counts */
  constructor(folder: string, maxFileBytes: number, now: () => number) {
    this.#folder = folder;
    this.#maxFileBytes = maxFileBytes;
    this.#now = now;
    this.#foreign = new ForeignFiles(folder);
  }

  /**
   * Looks what is there, and tidies what writers and followers that died have left.
   *
   * @param isResting names that are left alone for now
   * @throws when the directory cannot be read
   */
  look(isResting: (name: string) => boolean): SpoolContent {
    const { names: all, hasMore } = this.#names();
    const names = all.filter((name) => !name.startsWith('.') && !isResting(name)).sort();
    const found: SpoolContent = { names, hasMore, refused: 0, unfinished: 0, hasFreed: false, foreign: [], failed: [] };
    for (const name of all) {
      if (name.startsWith(FOREIGN)) this.#foreign.see();
      if (!name.startsWith('.') || isResting(name)) continue;
      try {
        this.#tidy(name, found);
      } catch (error) {
        // another follower was faster
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') found.failed.push({ name, error });
      }
    }
    return found;
  }

  /**
   * Takes a file for this process, and gives its path from now on. What is no file is put aside; undefined when another has taken it.
   *
   * @throws when the system refuses
   */
  claim(name: string): string | Foreign | undefined {
    const path = join(this.#folder, name);
    try {
      if (!lstatSync(path).isFile()) return { name, aside: this.#foreign.putAside(path) };
      const claim = join(this.#folder, `${CLAIM}${process.pid}-${++this.#claims}-${name.slice(0, MAX_KEPT_NAME)}`);
      renameSync(path, claim);
      return claim;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // such bytes come as U+FFFD, and then nothing has that name
      if (name.includes('\ufffd')) throw new Error('its name is no UTF-8; remove it');
      return undefined;
    }
  }

  /**
   * The text of a file that was claimed.
   *
   * @throws when it cannot be read or is too large
   */
  read(path: string): Buffer {
    // it may have been exchanged for a link or a pipe just now
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw new Error('it is no file');
      const { size } = stats;
      if (size > this.#maxFileBytes) throw new Error(`it has ${size} bytes, the limit is ${this.#maxFileBytes}`);
      const text = Buffer.allocUnsafe(size);
      return text.subarray(0, readSync(fd, text, 0, size, 0));
    } finally {
      closeSync(fd);
    }
  }

  /** @throws when the system refuses */
  remove(path: string): void {
    unlinkSync(path);
  }

  /** The next look begins at the start: another directory may be there. */
  close(): void {
    this.#dir?.closeSync();
    this.#dir = undefined;
  }

  #names(): { readonly names: string[]; readonly hasMore: boolean } {
    const goesOn = this.#dir !== undefined;
    if (!goesOn) this.#foreign.lookBegins();
    this.#dir ??= opendirSync(this.#folder, { bufferSize: 1024 });
    const names: string[] = [];
    try {
      while (names.length < MAX_NAMES_A_LOOK) {
        const entry = this.#dir.readSync();
        if (entry === null) {
          this.close();
          // files may have come in front of where this look began
          return { names, hasMore: goesOn };
        }
        names.push(entry.name);
      }
    } catch (error) {
      this.close();
      throw error;
    }
    return { names, hasMore: true };
  }

  #tidy(name: string, found: SpoolContent): void {
    const path = join(this.#folder, name);
    if (name === REFUSED) this.#takeRefused(path, found);
    else if (name.startsWith(`${REFUSED}-`) && this.#isOlder(path, STALE_CLAIM_MS))
      found.refused += this.#countRefused(path);
    else if (name.startsWith(CLAIM) && this.#isOlder(path, STALE_CLAIM_MS)) this.#free(path, name, found);
    else if (name.startsWith(WRITING) && this.#isOlder(path, STALE_WRITE_MS)) this.#removeUnfinished(path, name, found);
  }

  /** Gives a file back that was claimed and not removed. */
  #free(path: string, name: string, found: SpoolContent): void {
    const [, original = ''] = /^\d+-\d+-(.*)$/s.exec(name.slice(CLAIM.length)) ?? [];
    renameSync(path, join(this.#folder, original.replace(/^\.+/, '') || `0-${name.slice(CLAIM.length)}`));
    found.hasFreed = true;
  }

  #removeUnfinished(path: string, name: string, found: SpoolContent): void {
    if (!lstatSync(path).isFile()) {
      found.foreign.push({ name, aside: this.#foreign.putAside(path) });
      return;
    }
    unlinkSync(path);
    found.unfinished++;
  }

  /** A file in which each notification that was turned away has left one byte. */
  #takeRefused(path: string, found: SpoolContent): void {
    if (!lstatSync(path).isFile()) {
      found.foreign.push({ name: REFUSED, aside: this.#foreign.putAside(path) });
      return;
    }
    const claim = `${path}-${process.pid}-${++this.#claims}`;
    renameSync(path, claim);
    found.refused += this.#countRefused(claim);
  }

  #countRefused(path: string): number {
    const { size } = lstatSync(path);
    unlinkSync(path);
    return size;
  }

  /** Since the last change of its name or content. */
  #isOlder(path: string, ms: number): boolean {
    return this.#now() - lstatSync(path).ctimeMs > ms;
  }
}
