/**
 * Whole numbers as decimal digits, written into bytes. All give the place behind the last digit. Doubles hold what is exact in them and
 * halves of 32 bits the rest, as BigInt costs an object for every number.
 */

const ZERO = 0x30;
const MINUS = 0x2d;
const BILLION = 1_000_000_000;
const TWO_32 = 4_294_967_296;
const TWO_16 = 65_536;
/** Of halves: below it, the whole number is exact in a double. */
const SAFE_HIGH = 0x20_0000;

/** The digits of 00 to 99. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => ZERO + (i & 1 ? (i >> 1) % 10 : Math.floor((i >> 1) / 10)));

/** @param n a whole number below 2^53, not negative */
export function writeDigits(bytes: Uint8Array, p: number, n: number): number {
  if (n < BILLION) return writeSmall(bytes, p, n | 0);
  // The quotient cannot be rounded up to the next whole number: it is below 2^24, where doubles are less than 2e-9 apart.
  const high = Math.floor(n / BILLION);
  return writeNine(bytes, writeSmall(bytes, p, high | 0), (n - high * BILLION) | 0);
}

/** The 64 bits as an unsigned number. */
export function writeUnsigned(bytes: Uint8Array, p: number, high: number, low: number): number {
  const h = high >>> 0;
  if (h < SAFE_HIGH) return writeDigits(bytes, p, h * TWO_32 + (low >>> 0));
  return writeWide(bytes, p, h, low >>> 0);
}

/** The 64 bits as a signed number in two's complement. */
export function writeSigned(bytes: Uint8Array, p: number, high: number, low: number): number {
  if (high >= 0) return writeUnsigned(bytes, p, high, low);
  bytes[p] = MINUS;
  // ~x + 1, where the one carries into the upper half only from a lower half of 0
  return writeUnsigned(bytes, p + 1, low === 0 ? -high : ~high, -low);
}

/** Nine digits, with zeros in front. */
export function writeNine(bytes: Uint8Array, p: number, n: number): number {
  const upper = (n / 10_000) | 0;
  const lower = n - upper * 10_000;
  const first = (upper / 10_000) | 0;
  bytes[p] = ZERO + first;
  writeFour(bytes, p + 1, upper - first * 10_000);
  writeFour(bytes, p + 5, lower);
  return p + 9;
}

function writeFour(bytes: Uint8Array, p: number, n: number): void {
  const upper = (n / 100) | 0;
  const lower = n - upper * 100;
  bytes[p] = PAIRS[upper * 2] as number;
  bytes[p + 1] = PAIRS[upper * 2 + 1] as number;
  bytes[p + 2] = PAIRS[lower * 2] as number;
  bytes[p + 3] = PAIRS[lower * 2 + 1] as number;
}

/** @param n below 2^31 */
function writeSmall(bytes: Uint8Array, p: number, n: number): number {
  if (n < 10) {
    bytes[p] = ZERO + n;
    return p + 1;
  }
  const end = p + digitCount(n);
  let at = end;
  let rest = n;
  while (rest >= 100) {
    const quotient = (rest / 100) | 0;
    const pair = (rest - quotient * 100) * 2;
    bytes[--at] = PAIRS[pair + 1] as number;
    bytes[--at] = PAIRS[pair] as number;
    rest = quotient;
  }
  bytes[at - 1] = PAIRS[rest * 2 + 1] as number;
  if (rest >= 10) bytes[at - 2] = PAIRS[rest * 2] as number;
  return end;
}

function digitCount(n: number): number {
  if (n < 10_000) return n < 100 ? (n < 10 ? 1 : 2) : n < 1000 ? 3 : 4;
  if (n < 1_000_000) return n < 100_000 ? 5 : 6;
  if (n < 100_000_000) return n < 10_000_000 ? 7 : 8;
  return n < BILLION ? 9 : 10;
}

/** Long division by 10^9 in digits of 16 bits, so that every step is exact. */
function writeWide(bytes: Uint8Array, p: number, high: number, low: number): number {
  let quotient = Math.floor(high / BILLION);
  let rest = high - quotient * BILLION;
  for (const digit of [low >>> 16, low & 0xffff]) {
    const dividend = rest * TWO_16 + digit;
    const part = Math.floor(dividend / BILLION);
    quotient = quotient * TWO_16 + part;
    rest = dividend - part * BILLION;
  }
  return writeNine(bytes, writeDigits(bytes, p, quotient), rest | 0);
}
