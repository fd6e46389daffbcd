import type { ByteString } from '../line-protocol/byte-string.ts';
import {
  ATTRS_END,
  ATTRS_START,
  COUNTS,
  ESCAPED_ROW,
  FLAGS,
  FROM_MS,
  HASH,
  HEAD_MASK,
  HEADS,
  ID_END,
  ID_ESCAPED,
  ID_START,
  KEY_END,
  KEY_ESCAPED,
  KEY_START,
  KIND_MASK,
  LINK,
  NEXT,
  ROW_COUNT,
  ROW_SIZE,
  ROWS,
  SHORT_CONTAINER_ID,
  TO_MS,
} from './kernel/layout.ts';
import { ENTITY_KINDS, type EntityKind } from './kinds.ts';
import { hashOf, PREFIX_HASH, type SnapshotKernel } from './snapshot-kernel.ts';

const CONTAINER = ENTITY_KINDS.indexOf('container');
const CONTAINER_PREFIX = 'container:';

/**
 * The versions of a snapshot as the kernel has laid them out, and where to find them by key. Names and attributes are read from
 * the text when they are asked for: nothing is made for entities that no line is about.
 */
export class TopologyRows {
  // its views are asked for each time: when memory grows there are new ones
  readonly #kernel: SnapshotKernel;
  readonly #rows: number;
  /** Keys and ids that hold escapes in the text. */
  readonly #decoded: ByteString[] = [];
  #escaped: number;
  readonly length: number;

  /** @param kernel after the last element; call `decodeSome` and then the kernel's `linkRows` before looking anything up. */
  constructor(kernel: SnapshotKernel) {
    this.#kernel = kernel;
    const { i32 } = kernel;
    this.#rows = i32[ROWS >> 2] as number;
    this.length = i32[ROW_COUNT >> 2] as number;
    this.#escaped = i32[ESCAPED_ROW >> 2] as number;
  }

  /** Decodes the keys and ids of up to `count` rows that need it; true when all are. */
  decodeSome(count: number): boolean {
    for (let left = count; left > 0 && this.#escaped > 0; left--) {
      const row = this.#escaped - 1;
      this.#escaped = this.#at(row, NEXT);
      const flags = this.#at(row, FLAGS);
      if (flags & KEY_ESCAPED) this.#decode(row, KEY_START, KEY_END);
      if (flags & ID_ESCAPED) this.#decode(row, ID_START, ID_END);
      if (flags & KEY_ESCAPED) this.#set(row, HASH, hashOfKey(this.#decoded[this.#at(row, KEY_START)] as ByteString));
      else if (!(flags & LINK)) this.#set(row, HASH, hashOfId(flags & KIND_MASK, this.idOf(row)));
    }
    return this.#escaped === 0;
  }

  /** The versions of the links from a key, in the order of the document. */
  links(key: ByteString): number[] {
    return this.#find(hashOfKey(key), (row) => this.#isLinkFrom(row, key));
  }

  /** The versions of an entity, in the order of the document. */
  entities(kind: EntityKind, id: ByteString): number[] {
    const code = ENTITY_KINDS.indexOf(kind);
    return this.#find(hashOfId(code, id), (row) => this.#isEntity(row, code, id));
  }

  /** How many versions of entities of this kind there are. */
  countOf(kind: EntityKind): number {
    return this.#kernel.i32[(COUNTS >> 2) + ENTITY_KINDS.indexOf(kind)] as number;
  }

  isEntity(row: number): boolean {
    return (this.#at(row, FLAGS) & LINK) === 0;
  }

  /** The kind of the entity, or of what the link leads to. */
  kindOf(row: number): EntityKind {
    return ENTITY_KINDS[this.#at(row, FLAGS) & KIND_MASK] as EntityKind;
  }

  /** The id of the entity, or of what the link leads to. */
  idOf(row: number): ByteString {
    const start = this.#at(row, ID_START);
    if (this.#at(row, FLAGS) & ID_ESCAPED) return this.#decoded[start] as ByteString;
    return this.#kernel.bytes.toString('latin1', start, this.#at(row, ID_END)) as ByteString;
  }

  /** Undefined: since before anyone looked. */
  fromMs(row: number): number | undefined {
    const fromMs = this.#kernel.f64[(this.#rows + row * ROW_SIZE + FROM_MS) >> 3] as number;
    return fromMs === Number.NEGATIVE_INFINITY ? undefined : fromMs;
  }

  /** Infinity: still so. */
  toMs(row: number): number {
    return this.#kernel.f64[(this.#rows + row * ROW_SIZE + TO_MS) >> 3] as number;
  }

  /** The attributes of an entity as JSON; undefined without any. */
  attrsOf(row: number): string | undefined {
    const start = this.#at(row, ATTRS_START);
    return start === 0 ? undefined : this.#kernel.bytes.toString('utf8', start, this.#at(row, ATTRS_END));
  }

  #at(row: number, field: number): number {
    return this.#kernel.i32[(this.#rows + row * ROW_SIZE + field) >> 2] as number;
  }

  #set(row: number, field: number, value: number): void {
    this.#kernel.i32[(this.#rows + row * ROW_SIZE + field) >> 2] = value;
  }

  #decode(row: number, start: number, end: number): void {
    const text = JSON.parse(
      `"${this.#kernel.bytes.toString('utf8', this.#at(row, start), this.#at(row, end))}"`,
    ) as string;
    this.#set(row, start, this.#decoded.push(Buffer.from(text, 'utf8').toString('latin1') as ByteString) - 1);
  }

  #find(hash: number, isIt: (row: number) => boolean): number[] {
    const found: number[] = [];
    const { i32 } = this.#kernel;
    const heads = i32[HEADS >> 2] as number;
    const head = (heads >> 2) + (hash & (i32[HEAD_MASK >> 2] as number));
    for (
      let row = (i32[head] as number) - 1;
      row >= 0;
      row = (i32[(this.#rows + row * ROW_SIZE + NEXT) >> 2] as number) - 1
    ) {
      if (i32[(this.#rows + row * ROW_SIZE + HASH) >> 2] === hash && isIt(row)) found.push(row);
    }
    return found;
  }

  #isLinkFrom(row: number, key: ByteString): boolean {
    const flags = this.#at(row, FLAGS);
    if (!(flags & LINK)) return false;
    const prefix = key.startsWith(CONTAINER_PREFIX) ? CONTAINER_PREFIX.length : undefined;
    const start = this.#at(row, KEY_START);
    if (flags & KEY_ESCAPED) return sameText(this.#decoded[start] as ByteString, key, prefix);
    return this.#isText(start, this.#at(row, KEY_END), key, prefix);
  }

  #isEntity(row: number, kind: number, id: ByteString): boolean {
    const flags = this.#at(row, FLAGS);
    if ((flags & (LINK | KIND_MASK)) !== kind) return false;
    const prefix = kind === CONTAINER ? 0 : undefined;
    const start = this.#at(row, ID_START);
    if (flags & ID_ESCAPED) return sameText(this.#decoded[start] as ByteString, id, prefix);
    return this.#isText(start, this.#at(row, ID_END), id, prefix);
  }

  #isText(start: number, end: number, text: ByteString, containerPrefix: number | undefined): boolean {
    const length = comparedLength(end - start, text.length, containerPrefix);
    if (length < 0) return false;
    const { bytes } = this.#kernel;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }
}

function hashOfKey(key: ByteString): number {
  return hashOf(key.startsWith(CONTAINER_PREFIX) ? key.slice(0, CONTAINER_PREFIX.length + SHORT_CONTAINER_ID) : key);
}

function hashOfId(kind: number, id: ByteString): number {
  return hashOf(kind === CONTAINER ? id.slice(0, SHORT_CONTAINER_ID) : id, PREFIX_HASH[kind]);
}

/**
 * How many characters must be equal for two texts to be the same; -1 when their lengths say that they are not. Of ids of
 * containers one may be the short form of the other: then `containerPrefix` is what stands before the id.
 */
function comparedLength(a: number, b: number, containerPrefix: number | undefined): number {
  if (a === b) return a;
  const shorter = Math.min(a, b);
  return containerPrefix !== undefined && shorter === containerPrefix + SHORT_CONTAINER_ID ? shorter : -1;
}

function sameText(a: ByteString, b: ByteString, containerPrefix: number | undefined): boolean {
  const length = comparedLength(a.length, b.length, containerPrefix);
  return length >= 0 && a.slice(0, length) === b.slice(0, length);
}
