import type { Log } from '../log/log.ts';
import type { Counter, PluginStats } from '../stats/stats.ts';
import { FileError, FollowedFile } from './followed-file.ts';
import { readStaticTable, type StaticTable, StaticTableError } from './static-table.ts';

/** A person writes this file: more than this is no table of a person, and reading it would hold up the stream. */
const MAX_STATIC_BYTES = 1024 * 1024;
/** So many mistakes are told at a time. */
const MAX_TOLD = 20;

export type StaticState = 'good' | 'missing' | 'unreadable' | 'too_large' | 'invalid';

interface Context {
  readonly log: Log;
  readonly stats: PluginStats;
  readonly now: () => number;
}

/** A static table that is followed: keeps the last good one, and tells every mistake of a bad one with its line. */
export class StaticFile {
  readonly #path: string;
  readonly #file: FollowedFile;
  readonly #context: Context;
  readonly #errors: Counter;
  #table: StaticTable | undefined;
  #state: StaticState = 'missing';
  #told = '';

  constructor(path: string, context: Context) {
    this.#path = path;
    this.#context = context;
    this.#file = new FollowedFile(path, MAX_STATIC_BYTES, context.now);
    this.#errors = context.stats.counter('topology_static_errors');
    context.stats.gauge('topology_static_state', () => this.#state);
    context.stats.gauge('topology_static_rows', () => (this.#table ? BigInt(this.#table.size) : undefined));
  }

  get table(): StaticTable | undefined {
    return this.#table;
  }

  /** Reads the file without letting anything else run. */
  readNow(): void {
    try {
      this.#use(this.#file.readSync());
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Reads the file if it changed. True when there is something new in use. */
  async readChanged(): Promise<boolean> {
    try {
      return this.#use(await this.#file.readChanged());
    } catch (error) {
      this.#fault(error);
      return false;
    }
  }

  #use(bytes: Buffer | undefined): boolean {
    if (bytes === undefined) return false;
    const text = bytes.toString('utf8', 0, bytes.length - 1);
    this.#table = readStaticTable(text, this.#path);
    this.#state = 'good';
    this.#told = '';
    this.#context.log.info(`Read ${this.#table.size} rows from ${JSON.stringify(this.#path)}`);
    return true;
  }

  #fault(error: unknown): void {
    if (!(error instanceof StaticTableError) && !(error instanceof FileError)) throw error;
    this.#state = error instanceof FileError ? error.fault : 'invalid';
    if (error.message === this.#told) return;
    this.#told = error.message;
    this.#errors.add();
    const { log } = this.#context;
    const lines = error instanceof FileError ? [`Static table ${error.message}`] : error.lines;
    for (const line of lines.slice(0, MAX_TOLD)) log.error(line);
    if (lines.length > MAX_TOLD)
      log.error(`… and ${lines.length - MAX_TOLD} more mistakes in ${JSON.stringify(this.#path)}`);
    log.warn(
      this.#table ? 'The static table read before stays in use' : 'Lines pass without the tags of the static table',
    );
  }
}
