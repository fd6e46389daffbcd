import type { ByteString } from '../line-protocol/byte-string.ts';
import { ENTITY_KINDS, type EntityKind } from './kinds.ts';

// one row per version of an entity or link: numbers into the file's bytes instead of objects, so that 100,000 taps cost
// some MB and no collection
const HASH = 0;
const NEXT = 1;
const FLAGS = 2;
const KEY_START = 3;
const KEY_END = 4;
const ID_START = 5;
const ID_END = 6;
const ATTRS_START = 7;
const ATTRS_END = 8;
const STRIDE = 9;

const KIND_MASK = 0x0f;
const LINK = 0x10;
const KEY_DECODED = 0x20;
const ID_DECODED = 0x40;

/** Docker and its tools shorten container ids to 12 characters: both forms must meet, so only these count for the hash. */
const SHORT_CONTAINER_ID = 12;

const CONTAINER = ENTITY_KINDS.indexOf('container');
const CONTAINER_PREFIX = 'container:';

/** A piece of the snapshot's bytes. `escaped` says that it holds a backslash, so that it is not the text itself. */
export interface Span {
  start: number;
  end: number;
  escaped: boolean;
}

/** A version of an entity, as it was read. */
export interface EntityRow {
  kind: number;
  readonly id: Span;
  readonly attrs: Span;
  fromMs: number | undefined;
  toMs: number | undefined;
}

/** A version of a link, as it was read. */
export interface LinkRow {
  readonly key: Span;
  kind: number;
  readonly id: Span;
  fromMs: number | undefined;
  toMs: number | undefined;
}

/** All versions of a snapshot and where to find them by key. Filled once, then only read. */
export class TopologyRows {
  readonly #bytes: Buffer;
  readonly #decoded: ByteString[] = [];
  readonly #countOf = new Int32Array(ENTITY_KINDS.length);
  #rows: Int32Array;
  #times: Float64Array;
  #heads = new Int32Array(0);
  #unlinked = 0;
  length = 0;

  constructor(bytes: Buffer, expectedRows: number) {
    this.#bytes = bytes;
    this.#rows = new Int32Array(expectedRows * STRIDE);
    this.#times = new Float64Array(expectedRows * 2);
  }

  addEntity(row: EntityRow): void {
    const r = this.#add(row.kind, row.id, row.fromMs, row.toMs);
    this.#countOf[row.kind] = (this.#countOf[row.kind] as number) + 1;
    this.#rows[r + ATTRS_START] = row.attrs.start;
    this.#rows[r + ATTRS_END] = row.attrs.end;
    this.#rows[r + HASH] = this.#hashOfId(r, row.kind, PREFIX_HASH[row.kind] as number);
  }

  addLink(row: LinkRow): void {
    const r = this.#add(row.kind | LINK, row.id, row.fromMs, row.toMs);
    const { start, end } = row.key;
    if (row.key.escaped) {
      this.#rows[r + FLAGS] = (this.#rows[r + FLAGS] as number) | KEY_DECODED;
      this.#rows[r + KEY_START] = this.#decode(row.key);
      this.#rows[r + HASH] = hashOfText(this.#decoded.at(-1) as string, HASH_START);
      return;
    }
    this.#rows[r + KEY_START] = start;
    this.#rows[r + KEY_END] = end;
    this.#rows[r + HASH] = this.#hashOfBytes(
      start,
      this.#isContainerKey(start) ? Math.min(end, start + 10 + SHORT_CONTAINER_ID) : end,
      HASH_START,
    );
  }

  /** Makes up to `count` rows findable; true when all are. */
  link(count: number): boolean {
    if (this.#heads.length === 0) {
      let size = 16;
      while (size < this.length * 2) size *= 2;
      this.#heads = new Int32Array(size);
      this.#unlinked = this.length;
    }
    // from the last to the first, so that every chain is in the order of the document
    const mask = this.#heads.length - 1;
    const rows = this.#rows;
    const stop = Math.max(0, this.#unlinked - count);
    while (this.#unlinked > stop) {
      const row = --this.#unlinked;
      const head = (rows[row * STRIDE + HASH] as number) & mask;
      rows[row * STRIDE + NEXT] = this.#heads[head] as number;
      this.#heads[head] = row + 1;
    }
    return this.#unlinked === 0;
  }

  /** The versions of the links from a key, in the order of the document. */
  links(key: ByteString): number[] {
    const found: number[] = [];
    const hash = hashOfText(key, HASH_START);
    for (let row = this.#firstOf(hash); row >= 0; row = this.#nextOf(row)) {
      if (this.#rows[row * STRIDE + HASH] === hash && this.#isLinkFrom(row, key)) found.push(row);
    }
    return found;
  }

  /** The versions of an entity, in the order of the document. */
  entities(kind: EntityKind, id: ByteString): number[] {
    const found: number[] = [];
    const code = ENTITY_KINDS.indexOf(kind);
    const counted = code === CONTAINER ? id.slice(0, SHORT_CONTAINER_ID) : id;
    const hash = hashOfText(counted, PREFIX_HASH[code] as number);
    for (let row = this.#firstOf(hash); row >= 0; row = this.#nextOf(row)) {
      if (this.#rows[row * STRIDE + HASH] === hash && this.#isEntity(row, code, id)) found.push(row);
    }
    return found;
  }

  /** How many versions of entities of this kind there are. */
  countOf(kind: EntityKind): number {
    return this.#countOf[ENTITY_KINDS.indexOf(kind)] as number;
  }

  isEntity(row: number): boolean {
    return ((this.#rows[row * STRIDE + FLAGS] as number) & LINK) === 0;
  }

  /** The kind of the entity, or of what the link leads to. */
  kindOf(row: number): EntityKind {
    return ENTITY_KINDS[(this.#rows[row * STRIDE + FLAGS] as number) & KIND_MASK] as EntityKind;
  }

  /** The id of the entity, or of what the link leads to. */
  idOf(row: number): ByteString {
    const r = row * STRIDE;
    const start = this.#rows[r + ID_START] as number;
    if ((this.#rows[r + FLAGS] as number) & ID_DECODED) return this.#decoded[start] as ByteString;
    return this.#bytes.toString('latin1', start, this.#rows[r + ID_END] as number) as ByteString;
  }

  /** Undefined: since before anyone looked. */
  fromMs(row: number): number | undefined {
    const from = this.#times[row * 2] as number;
    return from === Number.NEGATIVE_INFINITY ? undefined : from;
  }

  /** Infinity: still so. */
  toMs(row: number): number {
    return this.#times[row * 2 + 1] as number;
  }

  /** The attributes of an entity as JSON; undefined without any. */
  attrsOf(row: number): string | undefined {
    const r = row * STRIDE;
    const end = this.#rows[r + ATTRS_END] as number;
    return end === 0 ? undefined : this.#bytes.toString('utf8', this.#rows[r + ATTRS_START] as number, end);
  }

  #add(flags: number, id: Span, fromMs: number | undefined, toMs: number | undefined): number {
    if (this.#times.length < (this.length + 1) * 2) this.#grow();
    const r = this.length * STRIDE;
    this.#times[this.length * 2] = fromMs ?? Number.NEGATIVE_INFINITY;
    this.#times[this.length * 2 + 1] = toMs ?? Number.POSITIVE_INFINITY;
    this.#rows[r + FLAGS] = id.escaped ? flags | ID_DECODED : flags;
    this.#rows[r + ID_START] = id.escaped ? this.#decode(id) : id.start;
    this.#rows[r + ID_END] = id.end;
    this.length++;
    return r;
  }

  #grow(): void {
    const rows = new Int32Array(Math.max(64, this.#rows.length * 2));
    rows.set(this.#rows);
    this.#rows = rows;
    const times = new Float64Array(Math.floor(rows.length / STRIDE) * 2);
    times.set(this.#times);
    this.#times = times;
  }

  /** Keeps the text of a string with escapes; gives its place among those kept. */
  #decode({ start, end }: Span): number {
    const text = JSON.parse(`"${this.#bytes.toString('utf8', start, end)}"`) as string;
    this.#decoded.push(Buffer.from(text, 'utf8').toString('latin1') as ByteString);
    return this.#decoded.length - 1;
  }

  #hashOfId(r: number, kind: number, prefix: number): number {
    const start = this.#rows[r + ID_START] as number;
    if ((this.#rows[r + FLAGS] as number) & ID_DECODED) {
      const id = this.#decoded[start] as string;
      return hashOfText(kind === CONTAINER ? id.slice(0, SHORT_CONTAINER_ID) : id, prefix);
    }
    const end = this.#rows[r + ID_END] as number;
    return this.#hashOfBytes(start, kind === CONTAINER ? Math.min(end, start + SHORT_CONTAINER_ID) : end, prefix);
  }

  #hashOfBytes(start: number, end: number, hash: number): number {
    const bytes = this.#bytes;
    let h = hash;
    for (let p = start; p < end; p++) h = Math.imul(h ^ (bytes[p] as number), FNV_PRIME);
    return h;
  }

  #isContainerKey(start: number): boolean {
    return this.#bytes[start] === 0x63 && this.#sameBytes(start, CONTAINER_PREFIX, CONTAINER_PREFIX.length);
  }

  #firstOf(hash: number): number {
    return (this.#heads[hash & (this.#heads.length - 1)] as number) - 1;
  }

  #nextOf(row: number): number {
    return (this.#rows[row * STRIDE + NEXT] as number) - 1;
  }

  #isLinkFrom(row: number, key: ByteString): boolean {
    const r = row * STRIDE;
    const flags = this.#rows[r + FLAGS] as number;
    if (!(flags & LINK)) return false;
    const start = this.#rows[r + KEY_START] as number;
    if (flags & KEY_DECODED) return sameKey(this.#decoded[start] as string, key);
    const length = (this.#rows[r + KEY_END] as number) - start;
    return this.#sameBytes(
      start,
      key,
      comparedLength(length, key, CONTAINER_PREFIX.length, key.startsWith(CONTAINER_PREFIX)),
    );
  }

  #isEntity(row: number, kind: number, id: ByteString): boolean {
    const r = row * STRIDE;
    const flags = this.#rows[r + FLAGS] as number;
    if ((flags & (LINK | KIND_MASK)) !== kind) return false;
    const start = this.#rows[r + ID_START] as number;
    if (flags & ID_DECODED) return this.#decoded[start] === id;
    const length = (this.#rows[r + ID_END] as number) - start;
    return this.#sameBytes(start, id, comparedLength(length, id, 0, kind === CONTAINER));
  }

  #sameBytes(start: number, text: string, length: number): boolean {
    if (length < 0) return false;
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }
}

/** How many characters must be equal for two texts to be the same; -1 when their lengths say that they are not. */
function comparedLength(length: number, text: string, prefix: number, container: boolean): number {
  if (length === text.length) return length;
  const short = prefix + SHORT_CONTAINER_ID;
  return container && (length === short || text.length === short) && length > prefix
    ? Math.min(length, text.length)
    : -1;
}

function sameKey(a: string, b: string): boolean {
  const length = comparedLength(a.length, b, CONTAINER_PREFIX.length, b.startsWith(CONTAINER_PREFIX));
  return length >= 0 && a.slice(0, length) === b.slice(0, length);
}

// FNV-1a
const HASH_START = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function hashOfText(text: string, hash: number): number {
  const end = text.startsWith(CONTAINER_PREFIX)
    ? Math.min(text.length, CONTAINER_PREFIX.length + SHORT_CONTAINER_ID)
    : text.length;
  let h = hash;
  for (let i = 0; i < end; i++) h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  return h;
}

const PREFIX_HASH = ENTITY_KINDS.map((kind) => hashOfText(`${kind}:`, HASH_START));
