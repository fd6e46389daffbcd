import type { ByteString } from './byte-string.ts';

/** A tag key, tag value or field key as it stands in a line. */
export function escapeKey(value: ByteString): string {
  return /[ ,=]/.test(value) ? value.replace(/[ ,=]/g, '\\$&') : value;
}

/** What a tag key, tag value or field key of a line means: `\,`, `\ ` and `\=` lose the backslash, all others keep it (telegraf.md §3.3). */
export function unescapeKey(raw: string): ByteString {
  return (raw.includes('\\') ? raw.replace(/\\([ ,=])/g, '$1') : raw) as ByteString;
}

/** The same for a measurement, where `\=` keeps its backslash. */
export function unescapeMeasurement(raw: string): ByteString {
  return (raw.includes('\\') ? raw.replace(/\\([ ,])/g, '$1') : raw) as ByteString;
}

/** What stands between the quotes of a string field: `\"` and `\\` lose a backslash, other backslashes stay. */
export function unescapeString(raw: string): ByteString {
  return (raw.includes('\\') ? raw.replace(/\\(["\\])/g, '$1') : raw) as ByteString;
}
