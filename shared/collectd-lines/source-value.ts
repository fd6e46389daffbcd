/**
 * Fields of lines as values of data sources. A field is taken as the kind that types.db has for the data source, where that loses no digit.
 */
import type { DataSourceKind, Value } from '../collectd-protocol/value-list.ts';
import type { LineBatch } from '../line-protocol/line-reader.ts';

/**
 * Why a field cannot be the value of a data source: `text`, it is a string; `fraction`, an integer is wanted; `range`, it is outside of the 64 bits of
 * the kind; `digits`, a double does not hold all digits of the integer.
 */
export type Misfit = 'text' | 'fraction' | 'range' | 'digits';

const MIN_DERIVE = -(2n ** 63n);
const MAX_DERIVE = 2n ** 63n - 1n;
const MAX_UNSIGNED = 2n ** 64n - 1n;
/** Integers of as many digits are all doubles. */
const SAFE_DIGITS = 15;
/** Longer numbers are written anew. */
const MAX_NUMBER_BYTES = 32;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;

function textOf(batch: LineBatch, f: number): string {
  return batch.bytes.latin1Slice(batch.fields[f * 8 + 3], batch.fields[f * 8 + 4]);
}

/** The integer that a float field says, digit by digit where it is written without exponent; undefined when it has a fraction. */
function integerOfFloat(batch: LineBatch, f: number): bigint | undefined {
  const text = textOf(batch, f);
  if (/^-?[0-9]+$/.test(text)) return BigInt(text);
  const value = batch.float(f);
  return Number.isInteger(value) ? BigInt(value) : undefined;
}

/** What keeps field f from being the value of a data source of this kind, if anything. */
export function misfitOf(batch: LineBatch, f: number, kind: DataSourceKind): Misfit | undefined {
  const field = batch.fieldKind(f);
  if (field === 'string') return 'text';
  if (kind === 'gauge') {
    if (field !== 'integer' && field !== 'unsigned') return undefined;
    if ((batch.fields[f * 8 + 4] as number) - (batch.fields[f * 8 + 3] as number) <= SAFE_DIGITS) return undefined;
    const value = batch.integer(f);
    return BigInt(Number(value)) === value ? undefined : 'digits';
  }
  if (kind === 'derive' && field === 'integer') return undefined;
  const value = field === 'float' ? integerOfFloat(batch, f) : batch.integer(f);
  if (value === undefined) return 'fraction';
  if (kind === 'derive') return value >= MIN_DERIVE && value <= MAX_DERIVE ? undefined : 'range';
  return value >= 0n && value <= MAX_UNSIGNED ? undefined : 'range';
}

/** Field f as the value of a data source that it fits. */
export function sourceValue(batch: LineBatch, f: number, kind: DataSourceKind): Value {
  const field = batch.fieldKind(f);
  if (kind === 'gauge') {
    return { kind, value: field === 'float' ? batch.float(f) : Number(batch.integer(f)) };
  }
  const value = field === 'float' ? (integerOfFloat(batch, f) as bigint) : batch.integer(f);
  return { kind, value };
}

/**
 * Writes field f, which fits, as collectd's text doors read it: integers as decimal digits without leading zeros, since these make an octal number there; gauges
 * with the digits that the line has. Gives behind the last byte.
 */
export function writeSourceText(batch: LineBatch, f: number, kind: DataSourceKind, out: Buffer, at: number): number {
  const field = batch.fieldKind(f);
  const { bytes, fields } = batch;
  const from = fields[f * 8 + 3] as number;
  let to = fields[f * 8 + 4] as number;
  if (field === 'integer' || field === 'unsigned')
    to--; // the suffix
  else if (field !== 'float') return at + out.write(batch.integer(f) === 1n ? '1' : '0', at, 'latin1');
  const mayCopy =
    field === 'float' && kind === 'gauge' ? to - from <= MAX_NUMBER_BYTES : isPlainInteger(bytes, from, to);
  if (!mayCopy) return at + out.write(String(sourceValue(batch, f, kind).value), at, 'latin1');
  for (let p = from; p < to; p++) out[at++] = bytes[p] as number;
  return at;
}

/** Whether it is decimal digits, perhaps with a minus, without leading zeros. */
function isPlainInteger(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] === MINUS) from++;
  if (to - from > 20 || (bytes[from] === ZERO && to - from > 1)) return false;
  for (let p = from; p < to; p++) {
    const byte = bytes[p] as number;
    if (byte < ZERO || byte > NINE) return false;
  }
  return to > from;
}
