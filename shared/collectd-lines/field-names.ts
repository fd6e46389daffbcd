import type { DataSet } from '../collectd-protocol/types-db.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { formatFieldKey, formatMeasurement } from '../line-protocol/format.ts';

/** Where data sets are found; see `TypesDb`. */
export interface DataSets {
  get(type: ByteString): DataSet | undefined;
}

/** What the values of a type are called. */
export interface FieldNames {
  /** What types.db says: the number of data sources; 0 for an unknown type. */
  readonly count: number;
  /** One behind the other, each with what precedes and follows it: `rx=`, or `_rx` where it ends a measurement. */
  readonly bytes: Uint8Array;
  /** For each name where it ends in `bytes`. */
  readonly ends: Int32Array;
  /** One of them is `interval`. */
  readonly hasInterval: boolean;
}

const SLOTS = 1024;
const EQUALS = '=';

interface Slot {
  readonly type: Uint8Array;
  readonly names: FieldNames;
}

/** Finds the names for a type by its bytes: making a string of them for every value list would cost more than all else about it. */
export class FieldNameTable {
  readonly #dataSets: DataSets | undefined;
  readonly #isSplit: boolean;
  readonly #slots: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);

  /** @param isSplit names are for the ends of measurements */
  constructor(dataSets: DataSets | undefined, isSplit: boolean) {
    this.#dataSets = dataSets;
    this.#isSplit = isSplit;
  }

  find(bytes: Buffer, start: number, end: number): FieldNames {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (((hash << 5) - hash) | 0) + (bytes[i] as number);
    const index = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const slot = this.#slots[index];
    if (slot !== undefined && isEqual(slot.type, bytes, start, end)) return slot.names;
    const type = bytes.toString('latin1', start, end) as ByteString;
    const names = fieldNames(this.#dataSets?.get(type), this.#isSplit);
    this.#slots[index] = { type: Uint8Array.prototype.slice.call(bytes, start, end), names };
    return names;
  }
}

function isEqual(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) {
    if (known[i] !== bytes[start + i]) return false;
  }
  return true;
}

function fieldNames(dataSet: DataSet | undefined, isSplit: boolean): FieldNames {
  const sources = dataSet?.sources ?? [];
  const names = uniqueNames(sources.map(({ name }) => name));
  const ends = new Int32Array(names.length);
  let text = '';
  for (const [i, name] of names.entries()) {
    // a name that cannot be written is replaced by its index
    text += isSplit
      ? (formatMeasurement(`_${name}` as ByteString) ?? `_${i}`)
      : (formatFieldKey(name) ?? `${i}`) + EQUALS;
    ends[i] = text.length;
  }
  const hasInterval = names.includes('interval' as ByteString);
  return { count: names.length, bytes: Buffer.from(text, 'latin1'), ends, hasInterval };
}

/** Of two data sources of one name, or of a name and an index, all are called by their index. */
function uniqueNames(names: readonly ByteString[]): readonly ByteString[] {
  const written = names.map((name, i) => (formatFieldKey(name) === undefined ? String(i) : name));
  return new Set(written).size === names.length ? names : names.map((_, i) => String(i) as ByteString);
}
