import { ConfigError } from '../../shared/config/errors.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagName } from '../../shared/line-protocol/line-view.ts';
import type { ProcessorContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import { type ContextFile, parseContextFile } from './context-file.ts';
import { type ContextTable, EMPTY_TABLE } from './context-table.ts';
import type { ContextValues } from './context-values.ts';
import { FollowedFile } from './followed-file.ts';

/** The context that the followed file has for a line. */
export class FileSource {
  readonly path: string;
  readonly #file: FollowedFile<ContextFile>;
  readonly #context: ProcessorContext;
  readonly #reloads: Counter;
  readonly #errors: Counter;
  readonly #cleaned: Counter;
  #table: ContextTable = EMPTY_TABLE;
  #names = new Map<string, TagName>();

  /** @throws {ConfigError} when there is no file or it has mistakes: at the start nothing good is lost by saying so. */
  constructor(path: string, maxBytes: number, context: ProcessorContext) {
    this.path = path;
    this.#file = new FollowedFile(path, maxBytes, parseContextFile);
    this.#context = context;
    this.#reloads = context.stats.counter('context_file_reloads');
    this.#errors = context.stats.counter('context_file_errors');
    this.#cleaned = context.stats.counter('cleaned_values');
    const file = this.#file.readIfChanged();
    if (file) this.#adopt(file);
  }

  get table(): ContextTable {
    return this.#table;
  }

  /** Reads the file again if it has changed. A file with mistakes is counted and reported, and the last good one stays. */
  poll(): void {
    try {
      const file = this.#file.readIfChanged();
      if (!file) return;
      this.#adopt(file);
      this.#reloads.add();
      this.#context.changed();
      this.#context.log.info(`Read context file ${quoteValue(this.path)} again: ${contexts(file.table.size)}`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#errors.add();
      for (const line of error.lines) this.#context.log.warn(`Keeping the last good context: ${line}`);
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

  #valueOf(line: LineView, tag: string): ByteString | undefined {
    const name = this.#names.get(tag);
    return name && line.tag(name);
  }

  #adopt(file: ContextFile): void {
    try {
      this.#names = new Map(file.table.matchTags.map((tag) => [tag, this.#context.names.of(tag)]));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(this.path, [{ code: 'bad_value', line: 0, message: error.message }]);
    }
    this.#table = file.table;
    this.#cleaned.add(file.cleaned);
  }
}

function contexts(count: number): string {
  return count === 1 ? '1 context' : `${count} contexts`;
}
