import type { ByteString } from './byte-string.ts';

/** Longest value, in code points, that names from outside may have as a tag. */
const MAX_CLEAN_CHARACTERS = 128;

/**
 * C0, DEL and C1 control characters, and what turns the reading direction: U+061C, U+200E, U+200F, U+202A–202E, U+2066–2069
 * (Unicode's Bidi_Control). A tenant can name a VM so that a terminal shows another name than the one that is stored.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNCLEAN = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// ranges instead of \p{…}, for which a start would build Unicode's tables
const UNPAIRED_SURROGATE = /[\ud800-\udfff]/gu;
/** Nothing in it needs a look: printable ASCII without a backslash. */
const PLAIN = /^[ -[\]-~]*$/;

/**
 * Makes a value that someone else chose fit for a tag: without control and direction characters, invalid UTF-8, and
 * backslashes that the writer refuses (`format.ts`), at most 128 code points. The result is empty or writable.
 */
export function cleanTagValue(value: ByteString): { value: ByteString; changed: boolean } {
  if (value.length <= MAX_CLEAN_CHARACTERS && PLAIN.test(value)) return { value, changed: false };
  const text = withoutBadBackslashes(cutAndClean(validText(value)));
  const cleaned = Buffer.from(text, 'utf8').toString('latin1') as ByteString;
  return { value: cleaned, changed: cleaned !== value };
}

/** The same for a text that becomes a string field or is shown: backslashes stay. */
export function cleanText(text: string): { value: string; changed: boolean } {
  if (text.length <= MAX_CLEAN_CHARACTERS && PLAIN.test(text)) return { value: text, changed: false };
  const value = cutAndClean(text.replace(UNPAIRED_SURROGATE, ''));
  return { value, changed: value !== text };
}

/** The text of the valid UTF-8 sequences. A replacement character that the bytes themselves hold is kept. */
function validText(value: ByteString): string {
  const text = Buffer.from(value, 'latin1').toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return value.split('\xef\xbf\xbd').map(dropInvalid).join('\ufffd');
}

function dropInvalid(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8').replaceAll('\ufffd', '');
}

function cutAndClean(text: string): string {
  const clean = text.replace(UNCLEAN, '');
  // code units are at least as many as code points
  if (clean.length <= MAX_CLEAN_CHARACTERS) return clean;
  return Array.from(clean).slice(0, MAX_CLEAN_CHARACTERS).join('');
}

function withoutBadBackslashes(text: string): string {
  const kept = /[ ,=]/.test(text) ? text.replace(/\\+(?=")/g, '') : text;
  return kept.replace(/\\+$/, '');
}
