import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  watch,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Log } from '../../shared/log/log.ts';
import type { PluginStats } from '../../shared/stats/stats.ts';

export interface SpoolOptions {
  readonly folder: string;
  /** A larger file is removed unread. */
  readonly maxFileBytes: number;
  readonly log: Log;
  readonly stats: PluginStats;
  /** Milliseconds since 1970, as the file system counts. */
  readonly now: () => number;
  /** Takes the text of one file and its name. A promise keeps the next file waiting. */
  readonly take: (text: Buffer, name: string) => Promise<void> | undefined;
}

/** The directory is looked at so often besides what the kernel tells of it. */
const SCAN_MS = 1000;
/** So many files are taken in one turn of the event loop, some 50 µs each. */
const FILES_A_TURN = 50;
/** A claim lasts less than a millisecond: after so long its owner has died in it. */
const STALE_CLAIM_MS = 10_000;
/** The same for a file that is being written. */
const STALE_WRITE_MS = 60_000;

const REFUSED = '.refused';
const CLAIM = '.claim-';
const WRITING = '.tmp-';
const FOREIGN = '.foreign-';

/**
 * Follows the directory into which `crosslayer-notify` puts notifications, one file each. Files are taken in the order of their names, those
 * from before the start first. Names with a dot in front are not for us; so a writer uses such a name first and renames it.
 *
 * Of several followers one gets a file: who has renamed it. A file is removed when it was sent; one whose follower died in between is taken again.
 */
export class NotificationSpool {
  readonly #options: SpoolOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #taken;
  readonly #removed;
  readonly #refused;
  #watcher: FSWatcher | undefined;
  /** Which directory is watched: another one may take its place under the same name. */
  #watched = '';
  #isScanning = false;
  #isDue = false;
  #stopped = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    const { stats } = options;
    this.#taken = stats.counter('spool_files');
    this.#removed = stats.counter('spool_files_refused');
    this.#refused = stats.counter('spool_refused_when_full');
    this.#timer = setInterval(() => this.#look(), SCAN_MS);
    this.#timer.unref();
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  /** Watches the directory that is there now, and reads what is in it. */
  #look(): void {
    const { folder, log } = this.#options;
    try {
      const { dev, ino } = statSync(folder);
      const there = `${dev}/${ino}`;
      if (there !== this.#watched) {
        this.#watcher?.close();
        this.#watcher = watch(folder, { persistent: false }, (_, name) => this.#told(name));
        // the timer goes on looking
        this.#watcher.on('error', () => {});
        this.#watched = there;
      }
    } catch (error) {
      this.#watcher?.close();
      this.#watched = '';
      log.trouble('spool', `Cannot follow the spool of notifications, trying on: ${(error as Error).message}`);
      return;
    }
    this.#scanSoon();
  }

  /** @param name the directory's own when it was removed: what comes in its place may have the same number */
  #told(name: string | null): void {
    if (name === basename(this.#options.folder)) this.#watched = '';
    this.#scanSoon();
  }

  #scanSoon(): void {
    this.#isDue = true;
    if (this.#isScanning) return;
    this.#isScanning = true;
    setImmediate(() => {
      void this.#scan().finally(() => {
        this.#isScanning = false;
      });
    });
  }

  async #scan(): Promise<void> {
    const { folder, log } = this.#options;
    while (this.#isDue && !this.#stopped) {
      this.#isDue = false;
      try {
        const names = readdirSync(folder).sort();
        this.#tidy(names.filter((name) => name.startsWith('.')));
        await this.#takeAll(names.filter((name) => !name.startsWith('.')));
      } catch (error) {
        log.trouble('spool', `Cannot read the spool of notifications: ${(error as Error).message}`);
      }
    }
  }

  async #takeAll(names: readonly string[]): Promise<void> {
    let turn = 0;
    for (const name of names) {
      if (this.#stopped) return;
      await this.#takeOne(name);
      if (++turn % FILES_A_TURN === 0) await new Promise(setImmediate);
    }
  }

  /** Between claim and removal nothing is waited for, so a claim that lasts is one whose owner has died. */
  #takeOne(name: string): Promise<void> | undefined {
    const { folder, log, take } = this.#options;
    const claim = join(folder, `${CLAIM}${process.pid}-${name}`);
    if (!this.#renamed(join(folder, name), claim)) return undefined;
    let behind: Promise<void> | undefined;
    try {
      const text = this.#read(claim, name);
      if (text === undefined) return undefined;
      behind = take(text, name);
      this.#taken.add();
    } catch (error) {
      this.#removed.add();
      log.trouble('spool file', `Cannot read the notification "${name}": ${(error as Error).message}; removed`);
    }
    rmSync(claim, { force: true, recursive: true });
    return behind;
  }

  /** Gives false when another has taken it. */
  #renamed(from: string, to: string): boolean {
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** The file's text; undefined for what is no file, which is put aside. */
  #read(path: string, name: string): Buffer | undefined {
    const { folder, maxFileBytes, log } = this.#options;
    if (!lstatSync(path).isFile()) {
      this.#removed.add();
      renameSync(path, join(folder, `${FOREIGN}${process.pid}-${name}`));
      log.trouble('spool foreign', `"${name}" in the spool of notifications is no file; put aside as "${FOREIGN}…"`);
      return undefined;
    }
    // it may have been exchanged for a link or a pipe just now
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(fd);
      if (size > maxFileBytes) throw new Error(`it has ${size} bytes, the limit is ${maxFileBytes}`);
      const text = Buffer.alloc(size);
      return text.subarray(0, readSync(fd, text, 0, size, 0));
    } finally {
      closeSync(fd);
    }
  }

  /** What writers and other followers have left behind. */
  #tidy(hidden: readonly string[]): void {
    const { folder } = this.#options;
    for (const name of hidden) {
      const path = join(folder, name);
      if (name === REFUSED) this.#countRefused(path);
      else if (name.startsWith(CLAIM) && this.#isOlder(path, STALE_CLAIM_MS)) this.#free(path, name);
      else if (name.startsWith(WRITING) && this.#isOlder(path, STALE_WRITE_MS)) rmSync(path, { force: true });
    }
  }

  /** Gives a file back that was claimed and not removed. */
  #free(path: string, name: string): void {
    const original = name.slice(name.indexOf('-', CLAIM.length) + 1);
    if (this.#renamed(path, join(this.#options.folder, original))) this.#isDue = true;
  }

  /** Each notification that found the spool full has left one byte. */
  #countRefused(path: string): void {
    const claim = `${path}-${process.pid}`;
    if (!this.#renamed(path, claim)) return;
    const { size } = statSync(claim);
    unlinkSync(claim);
    this.#refused.add(size);
    this.#options.log.trouble(
      'spool full',
      `${size} notifications were refused by crosslayer-notify: the spool was full, or they were too long`,
      'error',
    );
  }

  /** Since the last change of its name or content. */
  #isOlder(path: string, ms: number): boolean {
    try {
      return this.#options.now() - lstatSync(path).ctimeMs > ms;
    } catch {
      // it has gone meanwhile
      return false;
    }
  }
}
