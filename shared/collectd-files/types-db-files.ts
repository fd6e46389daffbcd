import { MAX_TYPES_DB_BYTES, parseTypesDb, TypesDb } from '../collectd-protocol/types-db.ts';
import type { Log } from '../log/log.ts';
import { FollowedFile } from '../topology/followed-file.ts';

export interface TypesDbFilesOptions {
  /** Later ones win. */
  readonly paths: readonly string[];
  readonly log: Log;
  readonly now: () => number;
  /** What follows for types of a file that cannot be read at the start, for the operator. */
  readonly without: string;
}

interface Source {
  readonly path: string;
  readonly file: FollowedFile;
  content: Buffer | undefined;
}

/** How often the files should be looked at: types change when a plugin is installed. */
export const TYPES_LOOK_MS = 10_000;

/** So many mistakes are told one by one. */
const MAX_TOLD = 10;

/** The types.db files of the configuration. What cannot be read is told and left out; a file that vanishes later stays in use. */
export class TypesDbFiles {
  readonly #options: TypesDbFilesOptions;
  readonly #sources: readonly Source[];
  #types = new TypesDb();

  constructor(options: TypesDbFilesOptions) {
    this.#options = options;
    const { paths, now } = options;
    this.#sources = paths.map((path) => ({
      path,
      file: new FollowedFile(path, MAX_TYPES_DB_BYTES, now),
      content: undefined,
    }));
    for (const source of this.#sources) this.#read(source);
    this.#parse();
    options.log.debug(this.#knownTypes());
  }

  /** What is known now. */
  get types(): TypesDb {
    return this.#types;
  }

  /** Looks whether a file has changed; gives whether other types are known now. */
  async refresh(): Promise<boolean> {
    let hasChanged = false;
    for (const source of this.#sources) {
      try {
        const content = await source.file.readChanged();
        if (content === undefined) continue;
        source.content = content;
        hasChanged = true;
      } catch (error) {
        this.#options.log.trouble(`types_db ${source.path}`, `Types stay as they are: ${(error as Error).message}`);
      }
    }
    if (!hasChanged) return false;
    this.#parse();
    this.#options.log.info(`types_db has changed: ${this.#knownTypes()}`);
    return true;
  }

  #read(source: Source): void {
    try {
      source.content = source.file.readSync();
    } catch (error) {
      const { message } = error as Error;
      this.#options.log.warn(`${message}; ${this.#options.without}`);
    }
  }

  #parse(): void {
    const { log } = this.#options;
    const read = this.#sources.filter(({ content }) => content !== undefined);
    // a byte 0 follows the content
    const files = read.map(({ path, content }) => ({ name: path, bytes: (content as Buffer).subarray(0, -1) }));
    const { types, problems, moreProblems } = parseTypesDb(files);
    this.#types = types;
    const errors = problems.filter(({ level }) => level === 'error');
    for (const { file, line, message } of errors.slice(0, MAX_TOLD)) log.warn(`${file}:${line}: ${message}`);
    const more = Math.max(0, errors.length - MAX_TOLD) + moreProblems;
    if (more > 0) log.warn(`${more} more mistakes in types_db`);
    for (const { level, file, line, message } of problems) {
      if (level === 'notice') log.debug(`${file}:${line}: ${message}`);
    }
  }

  #knownTypes(): string {
    const read = this.#sources.filter(({ content }) => content !== undefined);
    return `${this.#types.size} types are known from ${read.length} files`;
  }
}
