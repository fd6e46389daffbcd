import { JsonCursor, JsonSyntaxError } from './json-cursor.ts';
import { ENTITY_KINDS } from './kinds.ts';
import { readHeader, SnapshotError, type SnapshotHeader } from './snapshot-header.ts';
import { type EntityRow, type LinkRow, type Span, TopologyRows } from './topology-rows.ts';

/** So much is read before the stream gets its turn: well under a millisecond of work. */
const SLICE_BYTES = 256 * 1024;
const SLICE_ROWS = 20_000;

/** An entity or link larger than this is refused, since it cannot be read in slices. Real ones have some hundred bytes. */
const MAX_ELEMENT_BYTES = 1024 * 1024;

/** Room for everything beside entities and links: the header and the states of the sources. */
const MAX_HEADER_BYTES = 64 * 1024;

const OPEN_LIST = 0x5b;
const QUOTE = 0x22;

/** Reads a snapshot in slices. Call `step` until it gives true, then take `header` and `rows`. */
export class SnapshotReader {
  readonly rows: TopologyRows;
  readonly #cursor: JsonCursor;
  readonly #bytes: Buffer;
  readonly #headerMembers: Record<string, unknown> = Object.create(null);
  readonly #seen = new Set<string>();
  #headerBytes = 0;
  #header: SnapshotHeader | undefined;
  #state: 'start' | 'member' | 'entities' | 'links' | 'linking' = 'start';
  #first = true;
  /** From the first to behind the last byte of `entities` and `links`: what stays equal while nothing happens. */
  bodyStart = 0;
  bodyEnd = 0;
  readonly #entity: EntityRow = {
    kind: 0,
    id: emptySpan(),
    attrs: emptySpan(),
    fromMs: undefined,
    toMs: undefined,
  };
  readonly #link: LinkRow = {
    key: emptySpan(),
    kind: 0,
    id: emptySpan(),
    fromMs: undefined,
    toMs: undefined,
  };

  /** @param text the file, with one byte 0 behind it. It must not change later: names are read from it when they are asked for. */
  constructor(text: Buffer) {
    const length = text.length - 1;
    this.#bytes = text;
    this.#cursor = new JsonCursor(text, length);
    this.rows = new TopologyRows(text, 64 + Math.ceil(length / 140));
  }

  /** Filled after the last step. */
  get header(): SnapshotHeader {
    if (this.#header === undefined) throw new Error('The snapshot was not read to its end');
    return this.#header;
  }

  /**
   * Reads the next slice. True when all is read.
   * @throws {SnapshotError} when this is no snapshot.
   */
  step(): boolean {
    try {
      return this.#step();
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw new SnapshotError('corrupt', error.message, { cause: error });
      throw error;
    }
  }

  #step(): boolean {
    const stop = this.#cursor.position + SLICE_BYTES;
    while (this.#cursor.position < stop) {
      if (this.#state === 'linking') return this.rows.link(SLICE_ROWS);
      if (this.#state === 'entities' || this.#state === 'links') this.#element(this.#state);
      else this.#member();
    }
    return false;
  }

  #member(): void {
    const cursor = this.#cursor;
    if (this.#state === 'start') cursor.openTable();
    const start = cursor.nextMember(this.#state === 'start');
    this.#state = 'member';
    if (start === 0) {
      this.#end();
      return;
    }
    const name = JSON.parse(this.#bytes.toString('utf8', start - 1, cursor.nameEnd + 1)) as string;
    if (this.#seen.has(name)) throw new JsonSyntaxError(`"${name}" stands twice`, start);
    this.#seen.add(name);
    if (name === 'entities' || name === 'links') {
      if (cursor.peek() !== OPEN_LIST) throw cursor.unexpected('a list');
      cursor.openList();
      if (this.bodyStart === 0) this.bodyStart = start;
      this.#state = name;
      this.#first = true;
    } else {
      this.#headerMembers[name] = this.#headerMember();
    }
  }

  #headerMember(): unknown {
    const cursor = this.#cursor;
    cursor.peek();
    const start = cursor.position;
    cursor.skipValue();
    this.#headerBytes += cursor.position - start;
    if (this.#headerBytes > MAX_HEADER_BYTES) throw new JsonSyntaxError('Too much beside entities and links', start);
    return JSON.parse(this.#bytes.toString('utf8', start, cursor.position));
  }

  #end(): void {
    if (!this.#cursor.atEnd()) throw this.#cursor.unexpected('the end');
    this.#header = readHeader(this.#headerMembers);
    for (const name of ['entities', 'links'])
      if (!this.#seen.has(name)) throw new SnapshotError('corrupt', `No "${name}" in it`);
    this.#state = 'linking';
  }

  #element(list: 'entities' | 'links'): void {
    const cursor = this.#cursor;
    if (!cursor.nextElement(this.#first)) {
      this.bodyEnd = cursor.position;
      this.#state = 'member';
      return;
    }
    this.#first = false;
    const start = cursor.position;
    cursor.openTable();
    if (list === 'entities') this.#readEntity(start);
    else this.#readLink(start);
    if (cursor.position - start > MAX_ELEMENT_BYTES)
      throw new JsonSyntaxError(`An element of "${list}" is larger than 1 MiB`, start);
  }

  #readEntity(elementStart: number): void {
    const row = this.#entity;
    const cursor = this.#cursor;
    row.kind = MISSING;
    row.id.end = 0;
    row.attrs.end = 0;
    row.fromMs = undefined;
    row.toMs = undefined;
    for (let first = true; ; first = false) {
      const start = cursor.nextMember(first);
      if (start === 0) break;
      switch (this.#nameAt(start)) {
        case 'kind':
          row.kind = this.#kind();
          break;
        case 'id':
          this.#string(row.id);
          break;
        case 'fromMs':
          row.fromMs = cursor.numberOrNull();
          break;
        case 'toMs':
          row.toMs = cursor.numberOrNull();
          break;
        case 'attrs':
          this.#table(row.attrs);
          break;
        default:
          cursor.skipValue();
      }
    }
    if (row.kind === MISSING || row.id.end === 0)
      throw new JsonSyntaxError('An entity without kind or id', elementStart);
    if (row.kind !== UNKNOWN) this.rows.addEntity(row);
  }

  #readLink(elementStart: number): void {
    const row = this.#link;
    const cursor = this.#cursor;
    row.kind = MISSING;
    row.key.end = 0;
    row.id.end = 0;
    row.fromMs = undefined;
    row.toMs = undefined;
    for (let first = true; ; first = false) {
      const start = cursor.nextMember(first);
      if (start === 0) break;
      switch (this.#nameAt(start)) {
        case 'key':
          this.#string(row.key);
          break;
        case 'kind':
          row.kind = this.#kind();
          break;
        case 'id':
          this.#string(row.id);
          break;
        case 'fromMs':
          row.fromMs = cursor.numberOrNull();
          break;
        case 'toMs':
          row.toMs = cursor.numberOrNull();
          break;
        default:
          cursor.skipValue();
      }
    }
    if (row.kind === MISSING || row.id.end === 0 || row.key.end === 0)
      throw new JsonSyntaxError('A link without key, kind or id', elementStart);
    if (row.kind !== UNKNOWN) this.rows.addLink(row);
  }

  /** Which of the names that we know stands here; undefined for others. */
  #nameAt(start: number): string | undefined {
    const length = this.#cursor.nameEnd - start;
    for (const name of MEMBER_NAMES) if (name.length === length && this.#isAt(start, name)) return name;
    return undefined;
  }

  #isAt(start: number, text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The code of the kind that stands here. Kinds of later formats are passed over, not refused. */
  #kind(): number {
    const cursor = this.#cursor;
    if (cursor.peek() !== QUOTE) throw cursor.unexpected('a kind in quotes');
    const start = cursor.position + 1;
    cursor.skipString();
    const length = cursor.position - 1 - start;
    for (let code = 0; code < ENTITY_KINDS.length; code++) {
      const kind = ENTITY_KINDS[code] as string;
      if (kind.length === length && this.#isAt(start, kind)) return code;
    }
    return UNKNOWN;
  }

  #string(span: Span): void {
    const cursor = this.#cursor;
    if (cursor.peek() !== QUOTE) throw cursor.unexpected('a text in quotes');
    span.start = cursor.position + 1;
    span.escaped = cursor.skipString();
    span.end = cursor.position - 1;
    if (span.end === span.start) throw new JsonSyntaxError('An empty key or id', span.start);
  }

  #table(span: Span): void {
    const cursor = this.#cursor;
    if (cursor.peek() !== 0x7b) throw cursor.unexpected('an object');
    span.start = cursor.position;
    cursor.skipValue();
    span.end = cursor.position;
  }
}

const MISSING = -1;
const UNKNOWN = -2;
const MEMBER_NAMES = ['id', 'key', 'kind', 'toMs', 'attrs', 'fromMs'] as const;

function emptySpan(): Span {
  return { start: 0, end: 0, escaped: false };
}
