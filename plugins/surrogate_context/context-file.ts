import { ConfigError, type ConfigErrorCode, type ConfigProblem } from '../../shared/config/errors.ts';
import { didYouMean } from '../../shared/config/near-miss.ts';
import { quoteValue } from '../../shared/config/quote.ts';
import { readToml, TomlSyntaxError } from '../../shared/config/toml-document.ts';
import {
  emptyDocument,
  pointerStep,
  type TomlDocument,
  type TomlTable,
  type TomlValue,
} from '../../shared/config/toml-table.ts';
import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { cleanValue } from '../../shared/topology/clean-value.ts';
import { type ContextEntry, ContextTable } from './context-table.ts';
import { type ContextValues, fieldText, firstOf, NO_CONTEXT } from './context-values.ts';
import { CONTEXT_KEYS, type ContextKey, LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/** Lists in `match` multiply; more combinations than this in one file are a mistake. */
const MAX_COMBINATIONS = 200_000;

/** What a context file says. */
export interface ContextFile {
  readonly table: ContextTable;
  /** How many values had characters that a tag must not have. */
  readonly cleaned: number;
}

/** So much of a file is read before the stream gets its turn: it takes some milliseconds. */
const PART_CHARACTERS = 16_384;

/**
 * Reads a context file: context at the top is for all lines, and each `[[context]]` for those whose tags `match`.
 *
 * ```toml
 * server = "compute01"
 * [[context]]
 *   match = { vm_id = "11111111-1111-4111-8111-111111111111" }
 *   sfc = "media_dash"
 * ```
 *
 * A generator: what stands between two yields is a slice, so that the caller can let the stream go on in between.
 * @throws {ConfigError} with every mistake and its line
 */
export function* readContextFile(fileName: string, text: string): Generator<void, ContextFile> {
  const reader = new ContextFileReader();
  try {
    let line = 0;
    for (const part of partsOf(text)) {
      reader.read(readToml(part), line);
      line += part.split('\n').length - 1;
      yield;
    }
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    return parseWhole(fileName, text);
  }
  return reader.file(fileName);
}

/** The text cut in front of `[[context]]`, so that each part is TOML by itself. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { index } of text.matchAll(/^[ \t]*\[\[context\]\]/gm)) {
    if (index - start < PART_CHARACTERS) continue;
    parts.push(text.slice(start, index));
    start = index;
  }
  return [...parts, text.slice(start)];
}

/** For files that are wrong, and for the odd one that was cut inside a string of several lines: tells which, and where. */
function parseWhole(fileName: string, text: string): ContextFile {
  const reader = new ContextFileReader();
  try {
    reader.read(readToml(text), 0);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    throw new ConfigError(fileName, [{ code: 'syntax', line: error.line, message: error.message }]);
  }
  return reader.file(fileName);
}

/** Takes in the parts of a file, one after the other. */
class ContextFileReader {
  readonly #problems: ConfigProblem[] = [];
  readonly #entries: ContextEntry[] = [];
  #common: ContextValues = NO_CONTEXT;
  #document = emptyDocument();
  #linesBefore = 0;
  #cleaned = 0;
  #combinations = 0;

  /** @param linesBefore how many lines of the file stand before this part. */
  read(document: TomlDocument, linesBefore: number): void {
    this.#document = document;
    this.#linesBefore = linesBefore;
    const { context, ...common } = document.root;
    if (context !== undefined && !Array.isArray(context)) {
      this.#report('wrong_type', '/context', '"context" is a list of tables: write [[context]]');
    }
    for (const [i, table] of (Array.isArray(context) ? context : []).entries()) {
      const pointer = `/context${pointerStep(i)}`;
      if (isTable(table)) this.#entries.push(this.#entry(table, pointer));
      else {
        const what = `"context" is a list of tables, not of ${quoteValue(table)}: write [[context]]`;
        this.#report('wrong_type', pointer, what);
      }
    }
    this.#common = firstOf(this.#common, this.#values(common, '', ['context']));
  }

  /** @throws {ConfigError} */
  file(fileName: string): ContextFile {
    if (this.#problems.length > 0) throw new ConfigError(fileName, this.#problems);
    return { table: new ContextTable(this.#common, this.#entries), cleaned: this.#cleaned };
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
    this.#problems.push({ code, line: this.#linesBefore + this.#document.lineOf(pointer), message });
  }
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
