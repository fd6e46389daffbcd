/** A number that stands at the beginning of a text, and how many characters of the text it takes. */
export interface Prefix<T> {
  readonly value: T;
  readonly length: number;
}

const DECIMAL = /^[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)/i;
const HEXADECIMAL = /^[ \t\n\v\f\r]*([+-]?)0x(?=\.?[0-9a-f])([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?/i;
const SPECIAL = /^[ \t\n\v\f\r]*([+-]?)(inf(?:inity)?|nan(?:\([a-z0-9_]*\))?)/i;
const INTEGER = /^[ \t\n\v\f\r]*([+-]?)(?:0x([0-9a-f]+)|0([0-7]*)|([1-9][0-9]*))/i;

/**
 * The double that C's strtod reads at the beginning of a text in the C locale, by which collectd reads every number that is no
 * integer: decimal, hexadecimal, `inf`, `nan`, in any case. Too large is an infinity, as there. Undefined where strtod reads nothing.
 */
export function readDouble(text: string): Prefix<number> | undefined {
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal) return { value: hexadecimalValue(hexadecimal), length: hexadecimal[0].length };
  const decimal = DECIMAL.exec(text);
  if (decimal) return { value: Number(decimal[1]), length: decimal[0].length };
  const special = SPECIAL.exec(text);
  if (special === null) return undefined;
  const [all, sign, name = ''] = special;
  const size = /^i/i.test(name) ? Number.POSITIVE_INFINITY : Number.NaN;
  return { value: sign === '-' ? -size : size, length: all.length };
}

/**
 * The integer that C's strtoll with base 0 reads at the beginning of a text, before it is fitted into 64 bits: `0x` begins a
 * hexadecimal, `0` an octal number. Undefined where strtoll reads nothing.
 */
export function readInteger(text: string): Prefix<bigint> | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [all, sign, hexadecimal, octal, decimal] = match;
  const size =
    decimal !== undefined
      ? BigInt(decimal)
      : hexadecimal !== undefined
        ? BigInt(`0x${hexadecimal}`)
        : BigInt(`0o0${octal}`);
  return { value: sign === '-' ? -size : size, length: all.length };
}

function hexadecimalValue([, sign, whole = '', fraction = '', exponent = '0']: RegExpExecArray): number {
  const digits = Number(BigInt(`0x0${whole}${fraction}`));
  const size = digits === 0 ? 0 : digits * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}
