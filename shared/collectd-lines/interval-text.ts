import { TICKS_A_SECOND } from '../collectd-protocol/cdtime.ts';

const FRACTION_MASK = 0x3fff_ffff;

/** An interval in seconds, as a decimal that is exact up to 97 days; empty where it is not known. @param high halves of a cdtime */
export function intervalText(high: number, low: number): string {
  if ((high | low) === 0) return '';
  return String((high >>> 0) * 4 + (low >>> 30) + (low & FRACTION_MASK) / TICKS_A_SECOND);
}
