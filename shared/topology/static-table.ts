import { didYouMean } from '../config/near-miss.ts';
import { quoteValue } from '../config/quote.ts';
import { readToml, TomlSyntaxError } from '../config/toml-document.ts';
import { pointerStep, type TomlDocument, type TomlTable, type TomlValue } from '../config/toml-table.ts';
import { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
import { ATTRIBUTE_NAMES, attributeOf } from './attributes.ts';
import type { KeyKind } from './kinds.ts';
import { firstLabel } from './node-name.ts';
import { normalName } from './normal-name.ts';

/** What an operator wrote about one interface, MAC address, domain, host, VM, port, container or pod: attribute → value. */
export interface StaticRow {
  readonly kind: KeyKind;
  readonly name: ByteString;
  readonly values: ReadonlyMap<string, string>;
  readonly line: number;
}

/** How a table is called in the file, by what its rows are found, and how the option with the name is called. */
const TABLES: Readonly<Record<string, { readonly kind: KeyKind; readonly key: string }>> = {
  interface: { kind: 'if', key: 'name' },
  mac: { kind: 'mac', key: 'address' },
  domain: { kind: 'dom', key: 'name' },
  host: { kind: 'node', key: 'name' },
  vm: { kind: 'vm', key: 'id' },
  port: { kind: 'port', key: 'id' },
  container: { kind: 'container', key: 'id' },
  pod: { kind: 'pod', key: 'id' },
};

/** Tables inside a row, whose keys become `metadata.<key>` and `label.<key>`. */
const INNER_TABLES = ['metadata', 'label'];

/** A static table that cannot be used: all that is wrong with it. */
export class StaticTableError extends Error {
  override readonly name = 'StaticTableError';
  /** `FILE:LINE: message`, in the order of the file. */
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** The table that a person writes: who owns which interface, address, domain or host of this node. Good at any time. */
export class StaticTable {
  readonly #rows: ReadonlyMap<string, StaticRow>;

  constructor(rows: readonly StaticRow[]) {
    this.#rows = new Map(rows.map((row) => [rowKey(row.kind, row.name), row]));
  }

  get size(): number {
    return this.#rows.size;
  }

  rows(): Iterable<StaticRow> {
    return this.#rows.values();
  }

  /** The row of a name in its normal form; hosts are found with and without their domain. */
  row(kind: KeyKind, name: ByteString): StaticRow | undefined {
    if (kind !== 'node') return this.#rows.get(rowKey(kind, name));
    return this.#rows.get(rowKey('node', name.toLowerCase())) ?? this.#rows.get(rowKey('node', firstLabel(name)));
  }

  has(kind: KeyKind): boolean {
    for (const row of this.#rows.values()) if (row.kind === kind) return true;
    return false;
  }
}

/**
 * Reads the file's text.
 * @throws {StaticTableError} with every mistake.
 */
export function readStaticTable(text: string, fileName: string): StaticTable {
  const reader = new StaticTableReader(fileName, parse(text, fileName));
  return reader.read();
}

function parse(text: string, fileName: string): TomlDocument {
  try {
    return readToml(text);
  } catch (error) {
    if (error instanceof TomlSyntaxError) throw new StaticTableError([`${fileName}:${error.line}: ${error.message}`]);
    throw error;
  }
}

class StaticTableReader {
  readonly #fileName: string;
  readonly #document: TomlDocument;
  readonly #problems: { line: number; text: string }[] = [];
  readonly #rows = new Map<string, StaticRow>();

  constructor(fileName: string, document: TomlDocument) {
    this.#fileName = fileName;
    this.#document = document;
  }

  read(): StaticTable {
    for (const [table, value] of Object.entries(this.#document.root)) this.#readTable(table, value);
    if (this.#problems.length > 0) {
      const inOrder = this.#problems.toSorted((a, b) => a.line - b.line);
      throw new StaticTableError(inOrder.map(({ line, text }) => `${this.#fileName}:${line}: ${text}`));
    }
    return new StaticTable([...this.#rows.values()]);
  }

  #readTable(table: string, value: TomlValue): void {
    const pointer = pointerStep(table);
    const { kind, key } = TABLES[table] ?? {};
    if (kind === undefined || key === undefined) {
      this.#problem(pointer, `Unknown table ${quoteValue(table)}${didYouMean(table, Object.keys(TABLES))}`);
    } else if (!Array.isArray(value) || !value.every(isTable)) {
      this.#problem(pointer, `${quoteValue(table)} is a list of tables: write [[${table}]]`);
    } else {
      for (const [i, row] of (value as TomlTable[]).entries())
        this.#readRow(table, kind, key, row, pointer + pointerStep(i));
    }
  }

  #readRow(table: string, kind: KeyKind, key: string, row: TomlTable, pointer: string): void {
    const { [key]: given, ...rest } = row;
    const name = this.#name(table, kind, key, given, pointer);
    if (name === undefined) return;
    const earlier = this.#rows.get(rowKey(kind, name));
    if (earlier) {
      this.#problem(pointer, `[[${table}]] ${quoteValue(given)} stands twice; first in line ${earlier.line}`);
      return;
    }
    const values = this.#values(rest, pointer);
    if (kind === 'vm' || kind === 'port' || kind === 'container' || kind === 'pod') {
      values.set(`${kind}_id`, fromByteString(name));
    }
    this.#rows.set(rowKey(kind, name), { kind, name, values, line: this.#document.lineOf(pointer) });
  }

  #name(
    table: string,
    kind: KeyKind,
    key: string,
    given: TomlValue | undefined,
    pointer: string,
  ): ByteString | undefined {
    if (given === undefined) {
      this.#problem(pointer, `[[${table}]] needs ${quoteValue(key)}`);
    } else if (typeof given !== 'string' || given === '') {
      this.#problem(
        pointer + pointerStep(key),
        `${quoteValue(key)} of [[${table}]] must be a text, not ${quoteValue(given)}`,
      );
    } else {
      const name = normalName(kind, toByteString(kind === 'node' ? given.toLowerCase() : given));
      if (name !== undefined) return name;
      this.#problem(
        pointer + pointerStep(key),
        `${quoteValue(given)} is no ${table === 'mac' ? 'MAC address' : `${table} id`}`,
      );
    }
    return undefined;
  }

  #values(row: TomlTable, pointer: string): Map<string, string> {
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(row)) {
      const own = pointer + pointerStep(name);
      if (INNER_TABLES.includes(name) && isTable(value)) {
        for (const [inner, innerValue] of Object.entries(value))
          this.#value(values, `${name}.${inner}`, innerValue, own + pointerStep(inner));
      } else {
        this.#value(values, name, value, own);
      }
    }
    return values;
  }

  #value(values: Map<string, string>, name: string, value: TomlValue, pointer: string): void {
    if (attributeOf(name) === undefined) {
      this.#problem(
        pointer,
        `Unknown attribute ${quoteValue(name)}${didYouMean(name, [...ATTRIBUTE_NAMES, ...INNER_TABLES])}`,
      );
    } else if (typeof value === 'string') {
      values.set(name, value);
    } else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      values.set(name, String(value));
    } else {
      this.#problem(pointer, `${quoteValue(name)} must be a text, not ${quoteValue(value)}`);
    }
  }

  #problem(pointer: string, text: string): void {
    this.#problems.push({ line: this.#document.lineOf(pointer), text });
  }
}

/** Container ids come in two lengths; the first 12 characters are in both. */
function rowKey(kind: KeyKind, name: string): string {
  return `${kind}:${kind === 'container' ? name.slice(0, 12) : name}`;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
