import { TICKS_A_SECOND } from '../../shared/collectd-protocol/cdtime.ts';
import { intervalText as textOfTicks } from '../../shared/collectd-protocol/cdtime-text.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';

/** Any text of a number; longer ones are none that a program writes as an interval. */
const NUMBER = /^[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,3})?$/;
/** A nanosecond and 31 years: beyond is nothing that somebody measures. */
const LEAST = 1e-9;
const END = 1e9;

/** What a line says about an interval that is none. */
export const NO_INTERVAL = Number.NaN;

/** Seconds, or `NO_INTERVAL`. */
function intervalOf(seconds: number): number {
  return seconds >= LEAST && seconds < END ? seconds : NO_INTERVAL;
}

/** The interval that a tag names, in seconds, or `NO_INTERVAL`. */
export function tagInterval(text: ByteString): number {
  return NUMBER.test(text) ? intervalOf(Number(text)) : NO_INTERVAL;
}

/** The interval that field f has, in seconds, or `NO_INTERVAL`: also for strings and booleans. */
export function fieldInterval(batch: LineBatch, f: number): number {
  switch (batch.fieldKind(f)) {
    case 'float':
      return intervalOf(batch.float(f));
    case 'integer':
    case 'unsigned':
      return intervalOf(Number(batch.integer(f)));
    default:
      return NO_INTERVAL;
  }
}

/**
 * An interval as the text doors read it, by strtod: a number's own text gives the very interval that collectd once sent. A number below 1e-6,
 * whose text has an exponent, is written as the tick that is nearest.
 */
export function intervalText(seconds: number): string {
  const text = String(seconds);
  if (!text.includes('e')) return text;
  return textOfTicks(BigInt(Math.max(1, Math.round(seconds * TICKS_A_SECOND)))) ?? text;
}
