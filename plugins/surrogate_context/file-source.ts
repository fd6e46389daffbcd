import { ConfigError } from '../../shared/config/errors.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagName } from '../../shared/line-protocol/line-view.ts';
import type { ProcessorContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import { FileError, FollowedFile } from '../../shared/topology/followed-file.ts';
import { nextTurn } from '../../shared/topology/next-turn.ts';
import { type ContextFile, readContextFile } from './context-file.ts';
import { type ContextTable, EMPTY_TABLE } from './context-table.ts';
import type { ContextValues } from './context-values.ts';

/** How often a file that is just being written is tried at the start. */
const ATTEMPTS = 100;

/** The context that the followed file has for a line. */
export class FileSource {
  readonly path: string;
  readonly #file: FollowedFile;
  readonly #context: ProcessorContext;
  readonly #reloads: Counter;
  readonly #errors: Counter;
  readonly #cleaned: Counter;
  #table: ContextTable = EMPTY_TABLE;
  #names = new Map<string, TagName>();
  /** The text that is in force. */
  #text: string | undefined;
  /** What was last said about the file: it is not said again before the file is good again. */
  #complaint = '';

  /** @throws {ConfigError} when there is no file or it has mistakes: at the start nothing good is lost by saying so. */
  constructor(path: string, maxBytes: number, context: ProcessorContext) {
    this.path = path;
    this.#file = new FollowedFile(path, maxBytes, context.now);
    this.#context = context;
    this.#reloads = context.stats.counter('context_file_reloads');
    this.#errors = context.stats.counter('context_file_errors');
    this.#cleaned = context.stats.counter('cleaned_values');
    try {
      const text = textOf(this.#readWhole());
      const slices = readContextFile(path, text);
      let slice = slices.next();
      while (!slice.done) slice = slices.next();
      this.#use(slice.value, text);
    } catch (error) {
      throw error instanceof FileError ? unreadable(path, error.message) : error;
    }
  }

  get table(): ContextTable {
    return this.#table;
  }

  /** Reads the file again if it has changed. A file with mistakes is counted and reported, and the last good one stays. */
  async poll(): Promise<void> {
    try {
      const bytes = await this.#file.readChanged();
      const text = bytes && textOf(bytes);
      if (text === undefined || text === this.#text) return;
      const slices = readContextFile(this.path, text);
      let slice = slices.next();
      while (!slice.done) {
        await nextTurn();
        slice = slices.next();
      }
      this.#use(slice.value, text);
      this.#complaint = '';
      this.#reloads.add();
      this.#context.changed();
      this.#context.log.info(`Read context file ${quoteValue(this.path)} again: ${contexts(this.#table.size)}`);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof FileError)) throw error;
      this.#complain(error instanceof ConfigError ? error.lines : [error.message]);
    }
  }

  select(line: LineView): ContextValues {
    return this.#table.select((tag) => this.#valueOf(line, tag));
  }

  /** Which `[[context]]` decides about the line, counted from 1; undefined when none does. */
  entryOf(line: LineView): number | undefined {
    const index = this.#table.indexOf((tag) => this.#valueOf(line, tag));
    return Number.isFinite(index) ? index + 1 : undefined;
  }

  #complain(lines: readonly string[]): void {
    const complaint = lines.join('\n');
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.#errors.add();
    for (const line of lines) this.#context.log.warn(`Keeping the last good context: ${line}`);
  }

  #readWhole(): Buffer {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const bytes = this.#file.readSync();
      if (bytes) return bytes;
    }
    throw unreadable(this.path, 'is written without a pause');
  }

  #valueOf(line: LineView, tag: string): ByteString | undefined {
    const name = this.#names.get(tag);
    return name && line.tag(name);
  }

  #use(file: ContextFile, text: string): void {
    this.#names = this.#namesFor(file);
    this.#table = file.table;
    this.#cleaned.add(file.cleaned);
    this.#text = text;
  }

  #namesFor({ table }: ContextFile): Map<string, TagName> {
    try {
      return new Map(table.matchTags.map((tag) => [tag, this.#context.names.of(tag)]));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(this.path, [{ code: 'bad_value', line: 0, message: error.message }]);
    }
  }
}

/** The byte behind the text is 0. */
function textOf(bytes: Buffer): string {
  return bytes.toString('utf8', 0, bytes.length - 1);
}

function unreadable(path: string, message: string): ConfigError {
  return new ConfigError(path, [{ code: 'unreadable_file', line: 0, message }]);
}

function contexts(count: number): string {
  return count === 1 ? '1 context' : `${count} contexts`;
}
