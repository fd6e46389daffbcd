import { parseTOML } from 'toml-eslint-parser';
import { pointerStep, type TomlDocument, type TomlTable, type TomlValue } from './toml-table.ts';

/** What is wrong with the text; the parser stops at the first. */
export class TomlSyntaxError extends Error {
  override readonly name = 'TomlSyntaxError';
  readonly line: number;
  /** 1-based. */
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

interface Place {
  readonly line: number;
  readonly offset: number;
}

type Program = ReturnType<typeof parseTOML>;
type Entry = Program['body'][0]['body'][number];
type Content = Extract<Entry, { type: 'TOMLKeyValue' }>['value'];
type KeyValue = Extract<Entry, { type: 'TOMLKeyValue' }>;

/** Reads TOML 1.0. @throws {TomlSyntaxError} */
export function readToml(text: string): TomlDocument {
  return new Reader().read(parse(text));
}

function parse(text: string): Program {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    const { message, lineNumber, column } = error as Error & { lineNumber?: number; column?: number };
    if (lineNumber === undefined) throw error;
    throw new TomlSyntaxError(message, lineNumber, (column ?? 0) + 1);
  }
}

/** Walks the syntax tree: the values, and for each the place where it was named. */
class Reader {
  readonly #root: TomlTable = Object.create(null);
  readonly #places = new Map<string, Place>();

  read(program: Program): TomlDocument {
    for (const entry of program.body[0].body) {
      if (entry.type === 'TOMLKeyValue') this.#keyValue(entry, this.#root, '');
      else this.#table(entry);
    }
    return {
      root: this.#root,
      lineOf: (pointer) => this.#nearest(pointer)?.line ?? 0,
      offsetOf: (pointer) => this.#places.get(pointer)?.offset ?? Number.MAX_SAFE_INTEGER,
    };
  }

  #table(node: Extract<Entry, { type: 'TOMLTable' }>): void {
    const [table, pointer] = this.#descend(this.#root, '', node.resolvedKey, node.loc.start.line, node.range[0]);
    for (const entry of node.body) this.#keyValue(entry, table, pointer);
  }

  #keyValue(node: KeyValue, table: TomlTable, pointer: string): void {
    const keys = node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
    const last = keys.pop() as string;
    const [parent, parentPointer] = this.#descend(table, pointer, keys, node.loc.start.line, node.range[0]);
    const own = parentPointer + pointerStep(last);
    this.#note(own, node.loc.start.line, node.range[0]);
    parent[last] = this.#value(node.value, own);
  }

  /** Goes down to a table, making the tables and lists on the way that are not there. */
  #descend(
    from: TomlTable,
    start: string,
    keys: readonly (string | number)[],
    line: number,
    offset: number,
  ): [TomlTable, string] {
    let table: TomlTable | TomlValue[] = from;
    let pointer = start;
    keys.forEach((key, i) => {
      pointer += pointerStep(key);
      this.#note(pointer, line, offset);
      const holder = table as TomlTable;
      holder[key] ??= typeof keys[i + 1] === 'number' ? [] : Object.create(null);
      table = holder[key] as TomlTable;
    });
    return [table, pointer];
  }

  #value(node: Content, pointer: string): TomlValue {
    if (node.type === 'TOMLArray') {
      return node.elements.map((element, i) => {
        const own = pointer + pointerStep(i);
        this.#note(own, element.loc.start.line, element.range[0]);
        return this.#value(element, own);
      });
    }
    if (node.type === 'TOMLInlineTable') {
      const table: TomlTable = Object.create(null);
      for (const entry of node.body) this.#keyValue(entry, table, pointer);
      return table;
    }
    if (node.kind === 'integer') return Number.isSafeInteger(node.value) ? node.value : node.bigint;
    return node.value;
  }

  #note(pointer: string, line: number, offset: number): void {
    if (!this.#places.has(pointer)) this.#places.set(pointer, { line, offset });
  }

  #nearest(pointer: string): Place | undefined {
    for (let part = pointer; part !== ''; part = part.slice(0, part.lastIndexOf('/'))) {
      const place = this.#places.get(part);
      if (place !== undefined) return place;
    }
    return undefined;
  }
}
