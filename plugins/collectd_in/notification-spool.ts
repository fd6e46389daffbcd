import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Log } from '../../shared/log/log.ts';
import type { Counter, PluginStats } from '../../shared/stats/stats.ts';
import { faultText, quotedName } from './spool-faults.ts';
import { SpoolFolder } from './spool-folder.ts';
import { StuckFiles } from './stuck-files.ts';

interface SpoolOptions {
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

/**
 * Follows the directory into which `crosslayer-notify` puts notifications, one file each. Files are taken in the order of their names, those from before the start first, and removed when
 * they were sent. One whose follower died in between is taken again.
 */
export class NotificationSpool {
  readonly #options: SpoolOptions;
  readonly #files: SpoolFolder;
  readonly #stuck: StuckFiles;
  readonly #timer: NodeJS.Timeout;
  readonly #taken: Counter;
  readonly #removed: Counter;
  readonly #refused: Counter;
  #watcher: FSWatcher | undefined;
  /** Which directory is watched: another one may take its place under the same name. */
  #watched = '';
  #isScanning = false;
  #isDue = false;
  #stopped = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    const { stats, folder, maxFileBytes, now } = options;
    this.#files = new SpoolFolder(folder, maxFileBytes, now);
    this.#stuck = new StuckFiles(now);
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
    this.#files.close();
  }

  /** Watches the directory that is there now, and reads what is in it. */
  #look(): void {
    const { folder, log } = this.#options;
    try {
      const { dev, ino } = statSync(folder);
      const there = `${dev}/${ino}`;
      if (there !== this.#watched) this.#watch(there);
    } catch (error) {
      this.#watcher?.close();
      this.#watched = '';
      log.trouble(
        'spool',
        `Cannot follow the spool of notifications, trying on: ${quotedName(folder)}: ${faultText(error)}`,
      );
      return;
    }
    this.#scanSoon();
  }

  #watch(there: string): void {
    const { folder, log } = this.#options;
    this.#watcher?.close();
    this.#files.close();
    this.#watched = there;
    try {
      this.#watcher = watch(folder, { persistent: false }, (_, name) => this.#told(name));
      // the timer goes on looking
      this.#watcher.on('error', () => {});
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code;
      log.warn(`The system does not tell of new notifications (${reason}): they are looked for every second`);
    }
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
    const { log, folder } = this.#options;
    while (this.#isDue && !this.#stopped) {
      this.#isDue = false;
      try {
        const found = this.#files.look((name) => this.#stuck.isResting(name));
        for (const { name, error } of found.failed) this.#fails(name, error);
        for (const { name, aside } of found.foreign) this.#tellForeign(name, aside);
        this.#tellLost(found.refused, found.unfinished);
        const taken = await this.#takeAll(found.names);
        // where nothing can be taken the rest has time until the next look
        if (found.hasFreed || (found.hasMore && taken > 0)) this.#isDue = true;
      } catch (error) {
        log.trouble('spool', `Cannot read the spool of notifications ${quotedName(folder)}: ${faultText(error)}`);
      }
    }
  }

  #tellLost(refused: number, unfinished: number): void {
    const { log } = this.#options;
    if (refused > 0) {
      this.#refused.add(refused);
      const why = 'the spool or the disk was full, or they were too long';
      log.trouble('spool full', `${refused} notifications were refused by crosslayer-notify: ${why}`, 'error');
    }
    if (unfinished > 0) {
      this.#removed.add(unfinished);
      const text = `${unfinished} notifications in the spool were never finished by who wrote them; removed`;
      log.trouble('spool unfinished', text, 'error');
    }
  }

  #tellForeign(name: string, aside: string | undefined): void {
    this.#removed.add();
    const what = aside === undefined ? 'removed, as many are put aside already' : `put aside as "${aside}"`;
    this.#options.log.trouble('spool foreign', `${quotedName(name)} in the spool of notifications is no file; ${what}`);
  }

  /** It stays where it is, and must not keep others from being taken. */
  #fails(name: string, error: unknown): void {
    if (this.#stuck.add(name)) this.#removed.add();
    const text = `Cannot take ${quotedName(name)} from the spool of notifications: ${faultText(error)}`;
    this.#options.log.trouble('spool stuck', `${text}; it stays there, and is tried again every minute`);
  }

  /** Gives the number of files that are out of the way now. */
  async #takeAll(names: readonly string[]): Promise<number> {
    let turn = 0;
    let taken = 0;
    for (const name of names) {
      if (this.#stopped) break;
      try {
        await this.#takeOne(name);
        this.#stuck.forget(name);
        taken++;
      } catch (error) {
        this.#fails(name, error);
      }
      if (++turn % FILES_A_TURN === 0) await new Promise(setImmediate);
    }
    return taken;
  }

  /**
   * Between claim and removal nothing is waited for, so a claim that lasts is one whose owner has died.
   *
   * @throws when the file cannot be had
   */
  #takeOne(name: string): Promise<void> | undefined {
    const claimed = this.#files.claim(name);
    if (claimed === undefined) return undefined;
    if (typeof claimed !== 'string') {
      this.#tellForeign(claimed.name, claimed.aside);
      return undefined;
    }
    const { log, take } = this.#options;
    let behind: Promise<void> | undefined;
    try {
      behind = take(this.#files.read(claimed), name);
      this.#taken.add();
    } catch (error) {
      this.#removed.add();
      log.trouble('spool file', `Cannot read the notification ${quotedName(name)}: ${faultText(error)}; removed`);
    }
    this.#files.remove(claimed);
    return behind;
  }
}
