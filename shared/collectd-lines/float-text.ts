import { writeDigits } from './digits.ts';

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
/** Below it, every whole number is exact, and its digits are its shortest text. */
const MAX_WHOLE = 2 ** 53;
/** Any two decimals of so many digits are different doubles, so that the shortest text of a double is found by trying. */
const SURE_DIGITS = 15;
/** What `String` writes without an exponent, and needs no more than 10^20 to become whole. */
const MIN_PLAIN = 1e-6;
const MAX_PLAIN = 1e14;
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** Longest text of a double, e.g. -0.0000010150681953994823. */
export const MAX_FLOAT_BYTES = 25;

/** The shortest text that reads as this double, as `String` gives it, and `-0`. The value is finite. Gives the place behind it. */
export function writeFloat(out: DataView, p: number, value: number): number {
  if (value === Math.floor(value) && value < MAX_WHOLE && value > -MAX_WHOLE) return writeWhole(out, p, value);
  const size = Math.abs(value);
  if (size < MIN_PLAIN || size >= MAX_PLAIN) return writeText(out, p, String(value));
  const whole = Math.floor(size);
  const decimals = SURE_DIGITS - magnitude(size);
  const power = POWERS[decimals] as number;
  const digits = Math.round(size * power);
  // a quotient of two exact doubles is what the decimal reads as
  if (digits / power !== size) return writeText(out, p, String(value));
  if (value < 0) out.setUint8(p++, MINUS);
  p = writeDigits(out, p, whole);
  out.setUint8(p, POINT);
  return writeFraction(out, p + 1, digits - whole * power, decimals);
}

/** Digits before the point; not positive for the zeros behind it. */
function magnitude(size: number): number {
  let n = 0;
  if (size < 1) {
    for (let tenth = 0.1; size < tenth; tenth /= 10) n--;
    return n;
  }
  while (size >= (POWERS[n] as number)) n++;
  return n;
}

/** So many digits with zeros in front, without those at the end. */
function writeFraction(out: DataView, p: number, digits: number, decimals: number): number {
  let end = p + decimals;
  // from the end, in two halves that are 32-bit integers
  const high = Math.floor(digits / 1e8);
  let low = (digits - high * 1e8) | 0;
  let at = end;
  for (let i = 0; i < 8 && at > p; i++) {
    const quotient = (low / 10) | 0;
    out.setUint8(--at, ZERO + low - quotient * 10);
    low = quotient;
  }
  for (let rest = high | 0; at > p; ) {
    const quotient = (rest / 10) | 0;
    out.setUint8(--at, ZERO + rest - quotient * 10);
    rest = quotient;
  }
  while (out.getUint8(end - 1) === ZERO) end--;
  return end;
}

function writeWhole(out: DataView, p: number, value: number): number {
  if (value > 0) return writeDigits(out, p, value);
  if (value < 0 || Object.is(value, -0)) out.setUint8(p++, MINUS);
  return writeDigits(out, p, -value);
}

/** @param text ASCII */
export function writeText(out: DataView, p: number, text: string): number {
  for (let i = 0; i < text.length; i++) out.setUint8(p + i, text.charCodeAt(i));
  return p + text.length;
}

/** The double with six decimals, as printf's `%f` writes it. */
export function fixedText(value: number): string {
  const scaled = value * 128;
  // Halves go to the even digit in C and up in toFixed. At six decimals only odd multiples of 1/128 are halves.
  if (Number.isInteger(scaled) && scaled % 2 !== 0) return evenHalf(value);
  if (Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0.000000' : value.toFixed(6);
  return `${BigInt(value)}.000000`;
}

function evenHalf(value: number): string {
  const exact = value.toFixed(7);
  const kept = exact.slice(0, -1);
  return Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(6);
}
