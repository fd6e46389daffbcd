import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Log } from '../../shared/log/log.ts';
import type { Counter, PluginStats } from '../../shared/stats/stats.ts';
import { SpoolFolder } from './spool-folder.ts';

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

/**
 * Follows the directory into which `crosslayer-notify` puts notifications, one file each. Files are taken in the order of their names, those from before the start first, and removed when
 * they were sent. One whose follower died in between is taken again.
 */
export class NotificationSpool {
  readonly #options: SpoolOptions;
  readonly #files: SpoolFolder;
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
    const { log } = this.#options;
    while (this.#isDue && !this.#stopped) {
      this.#isDue = false;
      try {
        const { names, refused, hasFreed } = this.#files.look();
        if (hasFreed) this.#isDue = true;
        if (refused > 0) this.#tellRefused(refused);
        await this.#takeAll(names);
      } catch (error) {
        log.trouble('spool', `Cannot read the spool of notifications: ${(error as Error).message}`);
      }
    }
  }

  #tellRefused(count: number): void {
    this.#refused.add(count);
    const why = 'the spool was full, or they were too long';
    this.#options.log.trouble(
      'spool full',
      `${count} notifications were refused by crosslayer-notify: ${why}`,
      'error',
    );
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
    const { log, take } = this.#options;
    const path = this.#files.claim(name);
    if (path === undefined) return undefined;
    let behind: Promise<void> | undefined;
    try {
      const text = this.#files.read(path, name);
      if (text === undefined) {
        this.#removed.add();
        log.trouble('spool foreign', `"${name}" in the spool of notifications is no file; put aside as ".foreign-…"`);
        return undefined;
      }
      behind = take(text, name);
      this.#taken.add();
    } catch (error) {
      this.#removed.add();
      log.trouble('spool file', `Cannot read the notification "${name}": ${(error as Error).message}; removed`);
    }
    this.#files.remove(path);
    return behind;
  }
}
