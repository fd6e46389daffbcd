/** Ticks of a cdtime in a second. */
export const TICKS_A_SECOND = 2 ** 30;

const FRACTION_BITS = 30n;
const FRACTION_MASK = (1n << FRACTION_BITS) - 1n;
const HALF = 1n << (FRACTION_BITS - 1n);
const NS = 1_000_000_000n;

/** Nanoseconds since 1970 of a cdtime (34 bits of seconds, 30 bits of fraction), rounded as collectd's CDTIME_T_TO_NS does. */
export function nsOfCdtime(time: bigint): bigint {
  return (time >> FRACTION_BITS) * NS + (((time & FRACTION_MASK) * NS + HALF) >> FRACTION_BITS);
}

/** cdtime of nanoseconds since 1970, rounded to the nearest. Exact to 1 ns there and back; a cdtime may come back one tick off. */
export function cdtimeOfNs(ns: bigint): bigint {
  return ((ns / NS) << FRACTION_BITS) + (((ns % NS) << FRACTION_BITS) + NS / 2n) / NS;
}
