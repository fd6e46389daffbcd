import type { DatagramReader } from '../collectd-protocol/datagram-reader.ts';
import type { DataSet } from '../collectd-protocol/types-db.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { formatFieldKey, formatMeasurement } from '../line-protocol/format.ts';
import type { EscapedParts } from './escaped-parts.ts';
import { type ReadyText, readyText } from './ready-text.ts';

/** Where data sets are found; see `TypesDb`. */
export interface DataSets {
  get(type: ByteString): DataSet | undefined;
}

/** A type as lines have it. */
export interface LineType {
  /** `,type=if_octets`; empty when nothing of the name can be written. */
  readonly tag: ReadyText;
  /** The name lost bytes. */
  readonly isCleaned: boolean;
  /** What types.db calls the values, none for an unknown type: `,rx=`, or `_rx` where it ends a measurement. */
  readonly names: readonly ReadyText[];
  /** Bytes of all of them. */
  readonly nameBytes: number;
  /** One of them is `interval`. */
  readonly hasInterval: boolean;
}

/** The types of one collectd are some dozens; types that share a slot are looked up again each time. */
const SLOTS = 1024;

interface Slot {
  readonly name: Uint8Array;
  readonly type: LineType;
}

/** Finds a type by its bytes: making a string of them for every value list would cost more than all else about it. */
export class TypeTable {
  readonly #dataSets: DataSets | undefined;
  readonly #isSplit: boolean;
  readonly #parts: EscapedParts;
  readonly #slots: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);

  /** @param isSplit names are for the ends of measurements */
  constructor(dataSets: DataSets | undefined, isSplit: boolean, parts: EscapedParts) {
    this.#dataSets = dataSets;
    this.#isSplit = isSplit;
    this.#parts = parts;
  }

  /** The reader's current type. */
  find(reader: DatagramReader): LineType {
    const { bytes, typeAt, typeEnd } = reader;
    let hash = 0;
    for (let i = typeAt; i < typeEnd; i++) hash = (((hash << 5) - hash) | 0) + (bytes[i] as number);
    const index = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const slot = this.#slots[index];
    if (slot !== undefined && isEqual(slot.name, bytes, typeAt, typeEnd)) return slot.type;
    const type = this.#make(reader.text(typeAt, typeEnd));
    this.#slots[index] = { name: Uint8Array.prototype.slice.call(bytes, typeAt, typeEnd), type };
    return type;
  }

  #make(name: ByteString): LineType {
    const { bytes, isCleaned } = this.#parts.tagValue(name);
    const tag = bytes.length === 0 ? bytes : Buffer.concat([Buffer.from(',type='), bytes]);
    const names = uniqueNames((this.#dataSets?.get(name)?.sources ?? []).map((source) => source.name));
    const texts = names.map((text, i) => readyText(Buffer.from(this.#nameText(text, i), 'latin1')));
    return {
      tag: readyText(tag),
      isCleaned,
      names: texts,
      nameBytes: texts.reduce((sum, { length }) => sum + length, 0),
      hasInterval: names.includes('interval' as ByteString),
    };
  }

  /** A name that cannot be written is replaced by its index. */
  #nameText(name: ByteString, index: number): string {
    if (this.#isSplit) return formatMeasurement(`_${name}` as ByteString) ?? `_${index}`;
    return `,${formatFieldKey(name) ?? index}=`;
  }
}

function isEqual(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) {
    if (known[i] !== bytes[start + i]) return false;
  }
  return true;
}

/** Of two data sources of one name, or of a name and an index, all are called by their index. */
function uniqueNames(names: readonly ByteString[]): readonly ByteString[] {
  const written = names.map((name, i) => (formatFieldKey(name) === undefined ? String(i) : name));
  return new Set(written).size === names.length ? names : names.map((_, i) => String(i) as ByteString);
}
