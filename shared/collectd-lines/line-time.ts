import { writeDigits, writeNine } from './digits.ts';

const FRACTION_MASK = 0x3fff_ffff;
/** 10^9 / 2^30 in lowest terms: with them the product is exact in a double. */
const NS_NUMERATOR = 1_953_125;
const NS_DENOMINATOR = 2_097_152;
/** 2^63 - 1 nanoseconds. */
const MAX_SECONDS = 9_223_372_036;
const MAX_LAST_NS = 854_775_807;

/** Longest time with the blank in front and the newline behind it. */
export const MAX_TIME_BYTES = 21;

/**
 * A cdtime as nanoseconds since 1970, rounded as collectd rounds (`nsOfCdtime` does the same with BigInt). Gives the place behind the digits, or 0 for
 * a time that does not fit into 63 bits.
 *
 * @param high halves of the cdtime, signed or not
 */
export function writeTime(out: DataView, p: number, high: number, low: number): number {
  const seconds = (high >>> 0) * 4 + (low >>> 30);
  const ns = Math.floor(((low & FRACTION_MASK) * NS_NUMERATOR + NS_DENOMINATOR / 2) / NS_DENOMINATOR);
  if (seconds === 0) return writeDigits(out, p, ns);
  if (seconds >= MAX_SECONDS && (seconds > MAX_SECONDS || ns > MAX_LAST_NS)) return 0;
  return writeNine(out, writeDigits(out, p, seconds), ns);
}
