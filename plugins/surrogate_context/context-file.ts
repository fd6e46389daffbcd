import { ConfigError, type ConfigErrorCode, type ConfigProblem } from '../../shared/config/errors.ts';
import { didYouMean } from '../../shared/config/near-miss.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import { readToml, TomlSyntaxError } from '../../shared/config/toml-document.ts';
import { pointerStep, type TomlDocument, type TomlTable, type TomlValue } from '../../shared/config/toml-table.ts';
import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { cleanValue } from '../../shared/topology/clean-value.ts';
import { type ContextEntry, ContextTable } from './context-table.ts';
import { type ContextValues, fieldText } from './context-values.ts';
import { CONTEXT_KEYS, type ContextKey, LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/** Lists in `match` multiply; more combinations than this in one file are a mistake. */
const MAX_COMBINATIONS = 200_000;

/** What a context file says. */
export interface ContextFile {
  readonly table: ContextTable;
  /** How many values had characters that a tag must not have. */
  readonly cleaned: number;
}

/**
 * Reads a context file: context at the top is for all lines, and each `[[context]]` for those whose tags `match`.
 *
 * ```toml
 * server = "compute01"
 * [[context]]
 *   match = { vm_id = "11111111-1111-4111-8111-111111111111" }
 *   sfc = "media_dash"
 * ```
 * @throws {ConfigError} with every mistake and its line
 */
export function parseContextFile(fileName: string, text: string): ContextFile {
  const reader = new ContextFileReader(documentOf(fileName, text));
  const file = reader.read();
  if (reader.problems.length > 0) throw new ConfigError(fileName, reader.problems);
  return file;
}

function documentOf(fileName: string, text: string): TomlDocument {
  try {
    return readToml(text);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    throw new ConfigError(fileName, [{ code: 'syntax', line: error.line, message: error.message }]);
  }
}

class ContextFileReader {
  readonly problems: ConfigProblem[] = [];
  readonly #document: TomlDocument;
  #cleaned = 0;
  #combinations = 0;

  constructor(document: TomlDocument) {
    this.#document = document;
  }

  read(): ContextFile {
    const { root } = this.#document;
    const entries: ContextEntry[] = [];
    const { context, ...common } = root;
    if (context !== undefined && !Array.isArray(context)) {
      this.#report('wrong_type', '/context', '"context" is a list of tables: write [[context]]');
    }
    const tables = Array.isArray(context) ? context : [];
    tables.forEach((table, i) => {
      const pointer = `/context${pointerStep(i)}`;
      if (isTable(table)) entries.push(this.#entry(table, pointer));
      else
        this.#report(
          'wrong_type',
          pointer,
          `"context" is a list of tables, not of ${quoteValue(table)}: write [[context]]`,
        );
    });
    const values = this.#values(common, '', ['context']);
    return { table: new ContextTable(values, this.problems.length > 0 ? [] : entries), cleaned: this.#cleaned };
  }

  #entry(table: TomlTable, pointer: string): ContextEntry {
    const { match, ...values } = table;
    return { match: this.#match(match, `${pointer}/match`), values: this.#values(values, pointer, ['match']) };
  }

  #match(value: TomlValue | undefined, pointer: string): ContextEntry['match'] {
    const match = new Map<string, readonly ByteString[]>();
    if (value === undefined) return match;
    if (!isTable(value)) {
      this.#report(
        'wrong_type',
        pointer,
        `"match" names tags and their values, e.g. match = { vm_id = "…" }, not ${quoteValue(value)}`,
      );
      return match;
    }
    for (const [tag, wanted] of Object.entries(value)) {
      const values = (Array.isArray(wanted) ? wanted : [wanted]).filter((each) => {
        if (typeof each === 'string' && each !== '') return true;
        this.#report(
          'wrong_type',
          pointer + pointerStep(tag),
          `tag "${tag}" is matched with texts, not with ${quoteValue(each)}`,
        );
        return false;
      });
      match.set(tag, [...new Set((values as string[]).map(toByteString))]);
    }
    this.#combinations += [...match.values()].reduce((product, values) => product * values.length, 1);
    if (this.#combinations > MAX_COMBINATIONS) {
      this.#report(
        'bad_value',
        pointer,
        `the lists in "match" up to here make more than ${MAX_COMBINATIONS} combinations; match fewer values`,
      );
    }
    return match;
  }

  #values(table: TomlTable, pointer: string, alsoAllowed: readonly string[]): ContextValues {
    const tags = new Map<ContextKey, ByteString>();
    const fields = new Map<LocationKey, ByteString>();
    for (const [name, value] of Object.entries(table)) {
      const at = pointer + pointerStep(name);
      const key = CONTEXT_KEYS.find((each) => each === name);
      const field = LOCATION_KEYS.find((each) => each === name);
      if (key !== undefined) this.#tag(tags, key, value, at);
      else if (field !== undefined) this.#field(fields, field, value, at);
      else {
        const known = [...CONTEXT_KEYS, ...LOCATION_KEYS, ...alsoAllowed];
        this.#report('unknown_option', at, `unknown context ${quoteValue(name)}${didYouMean(name, known)}`);
      }
    }
    return { tags, fields };
  }

  #tag(tags: Map<ContextKey, ByteString>, key: ContextKey, value: TomlValue, pointer: string): void {
    const clean = typeof value === 'string' ? cleanValue(value) : undefined;
    if (clean === undefined) this.#report('wrong_type', pointer, `"${key}" is a text, not ${quoteValue(value)}`);
    else if (clean.value === '')
      this.#report('bad_value', pointer, `"${key}" has no visible character: ${quoteValue(value)}`);
    else {
      if (clean.changed) this.#cleaned++;
      tags.set(key, clean.value);
    }
  }

  #field(fields: Map<LocationKey, ByteString>, key: LocationKey, value: TomlValue, pointer: string): void {
    if (typeof value === 'number' && Number.isFinite(value)) fields.set(key, fieldText(value));
    else this.#report('wrong_type', pointer, `"${key}" is a number of decimal degrees, not ${quoteValue(value)}`);
  }

  #report(code: ConfigErrorCode, pointer: string, message: string): void {
    this.problems.push({ code, line: this.#document.lineOf(pointer), message });
  }
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
