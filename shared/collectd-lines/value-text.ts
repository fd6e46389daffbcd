import { KIND_DERIVE, KIND_GAUGE } from '../collectd-protocol/parts.ts';
import { writeSigned, writeUnsigned } from './digits.ts';
import { fixedText, MAX_FLOAT_BYTES, writeFloat, writeText } from './float-text.ts';
import type { NumberForm } from './naming.ts';

const I = 0x69;
const U = 0x75;
const TWO_32 = 4_294_967_296;
const MAX_HIGH = 0x7fff_ffff;
const MAX_LOW = 0xffff_ffff;
/** Of the largest double with six decimals. */
const MAX_FIXED_BYTES = 317;

/** How counters and absolute values are written: as unsigned, or, for stores that refuse `u`, as signed integers, at most 2^63 - 1. */
export type UnsignedSuffix = 'u' | 'i';

/** Writes values of a datagram as values of fields. */
export class ValueText {
  readonly #form: NumberForm;
  readonly #isUnsigned: boolean;
  /** Values that were too large for the signed integer they had to be, since it was set to 0. */
  clamped = 0;

  constructor(form: NumberForm, unsigned: UnsignedSuffix) {
    this.#form = form;
    this.#isUnsigned = unsigned === 'u' && form === 'exact';
  }

  /** Most bytes of a value. */
  get maxBytes(): number {
    return this.#form === 'influxdb_udp' ? MAX_FIXED_BYTES : MAX_FLOAT_BYTES;
  }

  /**
   * Writes the value of this kind at `at`. Gives the place behind it, or `p` for NaN and the infinities, which cannot be written.
   *
   * @param kind its number on the wire
   */
  write(out: DataView, p: number, source: DataView, kind: number, at: number): number {
    if (kind === KIND_GAUGE) {
      const value = source.getFloat64(at, true);
      if (!Number.isFinite(value)) return p;
      return this.#form === 'influxdb_udp' ? writeText(out, p, fixedText(value)) : writeFloat(out, p, value);
    }
    const high = source.getInt32(at);
    const low = source.getInt32(at + 4);
    if (this.#form === 'floats')
      return writeFloat(out, p, (kind === KIND_DERIVE ? high : high >>> 0) * TWO_32 + (low >>> 0));
    if (kind === KIND_DERIVE) return suffixed(out, writeSigned(out, p, high, low), I);
    if (this.#isUnsigned) return suffixed(out, writeUnsigned(out, p, high, low), U);
    if (high >= 0) return suffixed(out, writeUnsigned(out, p, high, low), I);
    this.clamped++;
    return suffixed(out, writeUnsigned(out, p, MAX_HIGH, MAX_LOW), I);
  }
}

function suffixed(out: DataView, p: number, suffix: number): number {
  out.setUint8(p, suffix);
  return p + 1;
}
