import { TICKS_A_SECOND } from './cdtime.ts';

/**
 * Times in decimal seconds, as the text doors have them. Collectd reads them by strtod and multiplies by 2^30, so they pass through a double: at present times
 * it holds every 256th tick (238 ns).
 *
 * Source: src/utils_time.h, DOUBLE_TO_CDTIME_T of collectd 5.12.
 */

/** Seconds that a cdtime cannot hold, in the year 2514. */
const END_SECONDS = 2 ** 34;
/** Ticks below which every half tick is a double, 48 days. */
const SMALL = 2n ** 52n;
const MAX_TIME_DECIMALS = 9;
/** A step of 1e-10 s is shorter than half a tick; and no double from 2^52 ticks on needs more. */
const MAX_INTERVAL_DECIMALS = 10;

/** The cdtime that collectd makes of seconds; undefined where it makes nonsense of them: negative, NaN, after the year 2514. */
export function cdtimeOfSeconds(seconds: number): bigint | undefined {
  return seconds >= 0 && seconds < END_SECONDS ? BigInt(Math.trunc(seconds * TICKS_A_SECOND)) : undefined;
}

/**
 * Seconds for a PUTVAL or PUTNOTIF line, with at most 9 decimals and no exponent, which collectd reads as the cdtime nearest to this one that a double can
 * hold: at most 120 ns off until 2038, 240 ns until 2106. Undefined where collectd would read none: 0, negative, beyond 64 bits.
 */
export function timeText(time: bigint): string | undefined {
  return time < SMALL ? smallText(time, MAX_TIME_DECIMALS) : largeText(time, MAX_TIME_DECIMALS);
}

/** Seconds for the option `interval`, which collectd reads as exactly this cdtime, up to 97 days. Undefined as for a time. */
export function intervalText(interval: bigint): string | undefined {
  return interval < SMALL ? smallText(interval, MAX_INTERVAL_DECIMALS) : largeText(interval, MAX_INTERVAL_DECIMALS);
}

function largeText(ticks: bigint, maxDecimals: number): string | undefined {
  const seconds = Number(ticks) / TICKS_A_SECOND;
  if (seconds >= END_SECONDS) return undefined;
  const text = String(seconds);
  const point = text.indexOf('.');
  return point < 0 || text.length - point - 1 <= maxDecimals ? text : seconds.toFixed(maxDecimals);
}

/** The fewest decimals that are read as this tick. As the fraction of a tick is cut off, what is nearest to the tick's middle is safest. */
function smallText(ticks: bigint, maxDecimals: number): string | undefined {
  if (ticks <= 0n) return undefined;
  const whole = Number(ticks);
  if (whole % TICKS_A_SECOND === 0) return String(whole / TICKS_A_SECOND);
  const middle = (whole + 0.5) / TICKS_A_SECOND;
  for (let decimals = 1; ; decimals++) {
    const text = middle.toFixed(decimals);
    if (decimals === maxDecimals || Math.trunc(Number(text) * TICKS_A_SECOND) === whole) return text;
  }
}
