import type { ByteString } from './byte-string.ts';

/** A tag key, tag value or field key as it stands in a line. */
export function escapeKey(value: ByteString): string {
  return /[ ,=]/.test(value) ? value.replace(/[ ,=]/g, '\\$&') : value;
}

/**
 * What a tag key, tag value or field key of a line means: `\,`, `\ ` and `\=` lose the backslash, all others keep it. As Telegraf's own parser, `\"`
 * loses it, too, in a text that also has one of those (plugins/parsers/influx; vectors 114 and 135 in test/fixtures/line-protocol).
 */
export function unescapeKey(raw: string): ByteString {
  if (!raw.includes('\\')) return raw as ByteString;
  return raw.replace(/[ ,=]/.test(raw) ? /\\([ ,="])/g : /\\([ ,=])/g, '$1') as ByteString;
}

/** The same for a measurement, where only `\,` and `\ ` lose the backslash. */
export function unescapeMeasurement(raw: string): ByteString {
  return (raw.includes('\\') ? raw.replace(/\\([ ,])/g, '$1') : raw) as ByteString;
}

const STRING_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** What stands between the quotes of a string field: `\"`, `\\`, `\n`, `\r` and `\t` are decoded, other backslashes stay. */
export function unescapeString(raw: string): ByteString {
  if (!raw.includes('\\')) return raw as ByteString;
  return raw.replace(/\\([nrt"\\])/g, (_, c: string) => STRING_ESCAPES[c] as string) as ByteString;
}
