/**
 * Whole numbers as decimal digits, three at a time. All give the place behind the last digit, and may write three bytes more. Doubles hold what is exact in
 * them and halves of 32 bits the rest, as BigInt costs an object for every number.
 */

const MINUS = 0x2d;
const THOUSAND = 1000;
const BILLION = 1_000_000_000;
const TWO_32 = 4_294_967_296;
const TWO_16 = 65_536;
/** Of halves: below it, the whole number is exact in a double. */
const SAFE_HIGH = 0x20_0000;

/** What may be written behind the last digit. */
export const DIGITS_SLACK = 3;

/** The texts of 0 to 999, the first digit in the lowest byte: with zeros in front, and without. */
const PADDED = Int32Array.from({ length: THOUSAND }, (_, n) => packed(String(n).padStart(3, '0')));
const PLAIN = Int32Array.from({ length: THOUSAND }, (_, n) => packed(String(n)));

function packed(text: string): number {
  return Buffer.from(text.padEnd(4, '\0'), 'latin1').readInt32LE();
}

/** @param n a whole number below 2^53, not negative */
export function writeDigits(out: DataView, p: number, n: number): number {
  if (n < BILLION) return writeSmall(out, p, n | 0);
  // The quotient cannot be rounded up to the next whole number: it is below 2^24, where doubles are less than 2e-9 apart.
  const high = Math.floor(n / BILLION);
  return writeNine(out, writeSmall(out, p, high | 0), (n - high * BILLION) | 0);
}

/** The 64 bits as an unsigned number. */
export function writeUnsigned(out: DataView, p: number, high: number, low: number): number {
  const h = high >>> 0;
  if (h < SAFE_HIGH) return writeDigits(out, p, h * TWO_32 + (low >>> 0));
  return writeWide(out, p, h, low >>> 0);
}

/** The 64 bits as a signed number in two's complement. */
export function writeSigned(out: DataView, p: number, high: number, low: number): number {
  if (high >= 0) return writeUnsigned(out, p, high, low);
  out.setUint8(p, MINUS);
  // ~x + 1, where the one carries into the upper half only from a lower half of 0
  return writeUnsigned(out, p + 1, low === 0 ? -high : ~high, -low);
}

/** Nine digits, with zeros in front. */
export function writeNine(out: DataView, p: number, n: number): number {
  const upper = (n / THOUSAND) | 0;
  const first = (upper / THOUSAND) | 0;
  out.setInt32(p, PADDED[first] as number, true);
  out.setInt32(p + 3, PADDED[upper - first * THOUSAND] as number, true);
  out.setInt32(p + 6, PADDED[n - upper * THOUSAND] as number, true);
  return p + 9;
}

/** @param n below 10^9 */
function writeSmall(out: DataView, p: number, n: number): number {
  if (n < THOUSAND) return writeFirst(out, p, n);
  const upper = (n / THOUSAND) | 0;
  let at = p;
  if (upper < THOUSAND) {
    at = writeFirst(out, p, upper);
  } else {
    const first = (upper / THOUSAND) | 0;
    at = writeFirst(out, p, first);
    out.setInt32(at, PADDED[upper - first * THOUSAND] as number, true);
    at += 3;
  }
  out.setInt32(at, PADDED[n - upper * THOUSAND] as number, true);
  return at + 3;
}

/** @param n below 1000 */
function writeFirst(out: DataView, p: number, n: number): number {
  out.setInt32(p, PLAIN[n] as number, true);
  return p + (n < 10 ? 1 : n < 100 ? 2 : 3);
}

/** Long division by 10^9 in digits of 16 bits, so that every step is exact. */
function writeWide(out: DataView, p: number, high: number, low: number): number {
  let quotient = Math.floor(high / BILLION);
  let rest = high - quotient * BILLION;
  for (let shift = 16; shift >= 0; shift -= 16) {
    const dividend = rest * TWO_16 + ((low >>> shift) & 0xffff);
    const part = Math.floor(dividend / BILLION);
    quotient = quotient * TWO_16 + part;
    rest = dividend - part * BILLION;
  }
  return writeNine(out, writeDigits(out, p, quotient), rest | 0);
}
