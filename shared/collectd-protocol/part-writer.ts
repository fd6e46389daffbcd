import type { ByteString } from '../line-protocol/byte-string.ts';
import {
  KIND_ABSOLUTE,
  KIND_COUNTER,
  KIND_DERIVE,
  KIND_GAUGE,
  NUMBER_PART_BYTES,
  PART_HEADER_BYTES,
  PART_VALUES,
  VALUE_BYTES,
  VALUES_HEADER_BYTES,
} from './parts.ts';
import type { Value } from './value-list.ts';

/** Type, length, and the NUL behind the text. */
const STRING_PART_OVERHEAD = PART_HEADER_BYTES + 1;
/** Above this many characters one call into C++ is cheaper than a loop. */
const LOOP_CHARACTERS = 24;

/** Writes parts into memory of a fixed size. Whether a part fits is asked before: see the size functions. */
export class PartWriter {
  readonly bytes: Buffer;
  readonly #view: DataView;
  /** Behind the last part. */
  end = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
  }

  /** False, and `end` undefined behind the part's begin, when a NUL stands in the text. */
  string(type: number, text: ByteString): boolean {
    const { bytes } = this;
    const length = text.length;
    let p = this.#header(type, STRING_PART_OVERHEAD + length);
    if (length > LOOP_CHARACTERS) {
      if (text.includes('\0')) return false;
      bytes.write(text, p, length, 'latin1');
      p += length;
    } else {
      for (let i = 0; i < length; i++) {
        const byte = text.charCodeAt(i);
        if (byte === 0) return false;
        bytes[p++] = byte;
      }
    }
    bytes[p++] = 0;
    this.end = p;
    return true;
  }

  /** @param number of 64 bits, unsigned */
  number(type: number, number: bigint): void {
    const p = this.#header(type, NUMBER_PART_BYTES);
    this.#view.setBigUint64(p, number);
    this.end = p + 8;
  }

  /** False, and `end` undefined behind the part's begin, when a value is none of its kind. Kinds stand first, then all values; gauges are little-endian. */
  values(values: readonly Value[]): boolean {
    const { bytes } = this;
    const view = this.#view;
    const count = values.length;
    let kindAt = this.#header(PART_VALUES, valuesPartBytes(count));
    bytes[kindAt++] = count >>> 8;
    bytes[kindAt++] = count & 0xff;
    let p = kindAt + count;
    for (let i = 0; i < count; i++) {
      const value = values[i] as Value;
      switch (value.kind) {
        case 'gauge':
          bytes[kindAt++] = KIND_GAUGE;
          view.setFloat64(p, value.value, true);
          break;
        case 'derive':
          if (BigInt.asIntN(64, value.value) !== value.value) return false;
          bytes[kindAt++] = KIND_DERIVE;
          view.setBigInt64(p, value.value);
          break;
        default:
          if (BigInt.asUintN(64, value.value) !== value.value) return false;
          bytes[kindAt++] = value.kind === 'counter' ? KIND_COUNTER : KIND_ABSOLUTE;
          view.setBigUint64(p, value.value);
      }
      p += 8;
    }
    this.end = p;
    return true;
  }

  #header(type: number, length: number): number {
    const { bytes, end } = this;
    bytes[end] = type >>> 8;
    bytes[end + 1] = type & 0xff;
    bytes[end + 2] = length >>> 8;
    bytes[end + 3] = length & 0xff;
    return end + PART_HEADER_BYTES;
  }
}

/** Bytes of a values part. */
export function valuesPartBytes(count: number): number {
  return VALUES_HEADER_BYTES + VALUE_BYTES * count;
}

/** Bytes of a part with a text. */
export function stringPartBytes(text: ByteString): number {
  return STRING_PART_OVERHEAD + text.length;
}
