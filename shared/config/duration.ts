/**
 * Durations as Telegraf reads them (its config/types.go): Go's form `1h30m`, `1.5s`, `250ms`, besides `d` for 24 hours;
 * digits without a unit, and bare TOML numbers, are seconds; the empty text is 0.
 */

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter; Go takes both
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const SECONDS = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;
const GO_DURATION = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|[\u00b5\u03bc]s|ms|s|m|h|d))+$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|[\u00b5\u03bc]s|ms|s|m|h|d)/g;

/** Go keeps a duration in 64 bits of nanoseconds: 292 years. */
const LIMIT_MS = 2 ** 63 / 1e6;

/** The duration in milliseconds; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (SECONDS.test(trimmed)) return withinLimit(Number(trimmed) * 1000);
  if (!GO_DURATION.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, count, unit] of trimmed.matchAll(PART)) ms += Number(count) * (MS_PER_UNIT[unit as string] as number);
  return withinLimit(trimmed.startsWith('-') ? -ms : ms);
}

/** A bare TOML number as milliseconds: it counts seconds. */
export function secondsAsMs(seconds: number): number | undefined {
  return withinLimit(seconds * 1000);
}

/** Milliseconds as an operator would write them, for messages: `90000` is `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < 1) return ms < 1e-3 ? `${round(ms * 1e6)}ns` : `${round(ms * 1e3)}us`;
  if (ms < 1000) return `${round(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = round((ms % 60_000) / 1000);
  return `${hours ? `${hours}h` : ''}${minutes ? `${minutes}m` : ''}${seconds ? `${seconds}s` : ''}`;
}

function withinLimit(ms: number): number | undefined {
  return Math.abs(ms) < LIMIT_MS ? ms : undefined;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
