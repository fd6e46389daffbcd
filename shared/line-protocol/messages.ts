import type { ByteString } from './byte-string.ts';
import { fromByteString } from './byte-string.ts';
import { type LineErrorCode, LineProtocolError } from './errors.ts';

/** What each code says to an operator; the place and an extract follow. */
export const LINE_ERROR_MESSAGES: Readonly<Record<LineErrorCode, string>> = {
  no_measurement: 'Line does not begin with a measurement name',
  bad_tag: 'Tag is not of the form key=value',
  no_fields: 'Line has no fields',
  bad_field_key: 'Field is not of the form key=value',
  bad_field_value: 'Field value is no number, boolean or quoted string, or text follows it',
  bad_escape: 'Backslash before a tab, line end or other control blank in a name',
  unclosed_quote: 'Quote of a string field is not closed',
  out_of_range: 'Number does not fit into 64 bits',
  bad_timestamp: 'Timestamp is not a whole number',
  trailing_text: 'Text after the timestamp',
  too_long: 'Line is longer than the limit',
  incomplete: 'Line is not complete',
  unwritable: 'Value cannot be written so that every parser reads it',
};

/** How much of a line goes into a message. */
const EXTRACT_CHARACTERS = 40;

const LF = 0x0a;
const CR = 0x0d;

/** An error about the byte at `at`, with the usual message and an extract from [start, end), the record. */
export function lineProtocolError(
  code: LineErrorCode,
  bytes: Uint8Array,
  record: { readonly start: number; readonly end: number },
  place: { readonly at: number; readonly line: number; readonly column: number },
): LineProtocolError {
  const extract = extractAround(bytes, record.start, record.end, place.at);
  return new LineProtocolError(code, LINE_ERROR_MESSAGES[code], place.line, place.column, extract);
}

/** Up to 40 characters of the record [start, recordEnd): the 20 before `at` and what follows, without the record's newline. */
export function extractAround(bytes: Uint8Array, start: number, recordEnd: number, at: number): string {
  let end = recordEnd;
  if (end > start && bytes[end - 1] === LF) end--;
  if (end > start && bytes[end - 1] === CR) end--;
  let from = Math.max(start, Math.min(at, end) - EXTRACT_CHARACTERS / 2);
  while (from > start && from < end && isContinuation(bytes[from])) from--;
  // a character has at most four bytes
  const to = Math.min(end, from + EXTRACT_CHARACTERS * 4);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
  const characters = Array.from(text).slice(0, EXTRACT_CHARACTERS);
  return visible(characters.join(''));
}

/** Foreign text for a message: one line, nothing that steers a terminal or turns the reading direction. */
export function visible(text: string): string {
  // made when it is needed: classes of Unicode take a while
  unshown ??= /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
  return text.replace(unshown, (c) => NAMED[c] ?? escaped(c));
}

/** The same for bytes, cut at 40 characters. */
export function visibleBytes(bytes: ByteString): string {
  const characters = Array.from(fromByteString(bytes.slice(0, EXTRACT_CHARACTERS * 4) as ByteString));
  return visible(characters.slice(0, EXTRACT_CHARACTERS).join(''));
}

let unshown: RegExp | undefined;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(c: string): string {
  const code = c.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
