// The head of a record: measurement and tag set.
import { findBlankOrNewline, findByte, findControl, findEither, isEscapedInPairs } from './bytes';
import { measurementOf } from './groups';
import {
  BACKSLASH,
  BAD_ESCAPE,
  BAD_TAG,
  COMMA,
  CR,
  EQUALS,
  ERROR_AT,
  LF,
  MAX_HEAD,
  MAX_TAGS,
  MEASUREMENT,
  MEASUREMENT_END,
  NO_MEASUREMENT,
  TAG_COUNT,
  TAG_ID,
  TAG_KEY,
  TAG_KEY_END,
  TAG_SIZE,
  TAG_VALUE,
  TAG_VALUE_END,
  TAGS,
  TOO_LONG,
} from './layout';
import { nameOf } from './names';
import { endSignature, noSignature, signMeasurement, signTag } from './signature';

/** The first comma of a measurement that no odd run of backslashes escapes, or `to`. */
export function measurementEnd(start: i32, to: i32): i32 {
  let p = findByte(COMMA, start, to);
  while (p < to && isEscapedInPairs(p, start)) p = findByte(COMMA, p + 1, to);
  return p;
}

/**
 * Where the head that starts at `start` ends: at its first unescaped blank, or at a newline, which ends it in any case. The
 * search begins at p. Gives `to` when the end has not come yet.
 *
 * In tags only the byte just before decides whether a blank is escaped; in the measurement backslashes pair (docs/reference/line-protocol.md).
 */
export function headEnd(start: i32, p: i32, to: i32): i32 {
  let inTags = false;
  while (true) {
    p = findBlankOrNewline(p, to);
    if (p >= to) return to;
    const c = <i32>load<u8>(p);
    if (c === LF) return p;
    if (c !== CR && (p === start || load<u8>(p - 1) !== BACKSLASH)) return p;
    if (c !== CR && !inTags && !isEscapedInPairs(p, start)) {
      if (measurementEnd(start, p) === p) return p;
      inTags = true;
    }
    p++;
  }
}

/**
 * Reads the head [start, end) into the table of tags and makes its signature. Gives 0, or an error code with its place in
 * ERROR_AT. A signature is made only for heads that are not too long.
 */
export function walkHead(start: i32, end: i32): i32 {
  return readHead(start, end, TAGS, end - start <= MAX_HEAD - 64);
}

/** The same into another table of MAX_TAGS rows. */
export function readHead(start: i32, end: i32, table: i32, signed: bool): i32 {
  // a control byte ends what can be read; most heads have none
  const to = findControl(start, end);
  const nameEnd = measurementEnd(start, to);
  let tags = 0;
  store<i32>(MEASUREMENT_END, nameEnd);
  store<i32>(TAG_COUNT, 0);
  noSignature();
  if (nameEnd === to && isEscapedInPairs(to, start)) return fail(BAD_ESCAPE, to);
  if (nameEnd === start || (nameEnd === to && to < end)) return fail(NO_MEASUREMENT, to < end ? to : start);
  const number = measurementOf(start, nameEnd - start);
  store<i32>(MEASUREMENT, number);
  let signature = signed ? signMeasurement(start, nameEnd - start, number) : 0;
  let p = nameEnd;
  while (p < to) {
    const key = ++p;
    p = unescaped(p, to);
    if (p === to || load<u8>(p) === COMMA || p === key) return fail(codeAt(p, key), p);
    const keyEnd = p;
    const value = ++p;
    p = unescaped(p, to);
    if (p === value || (p < to && load<u8>(p) === EQUALS) || (p === to && codeAt(p, value) === BAD_ESCAPE)) {
      return fail(codeAt(p, value), p);
    }
    if (tags === MAX_TAGS) return fail(TOO_LONG, key);
    const id = nameOf(key, keyEnd - key);
    const at = table + tags * TAG_SIZE;
    store<i32>(at + TAG_ID, id);
    store<i32>(at + TAG_KEY, key);
    store<i32>(at + TAG_KEY_END, keyEnd);
    store<i32>(at + TAG_VALUE, value);
    store<i32>(at + TAG_VALUE_END, p);
    tags++;
    if (signed && id >= 0) signature = signTag(signature, id, value, p - value);
  }
  if (to < end) return fail(BAD_TAG, to);
  store<i32>(TAG_COUNT, tags);
  if (signed) endSignature(signature);
  return 0;
}

/** What is wrong where a part of a tag that began at `from` ends at p. */
function codeAt(p: i32, from: i32): i32 {
  const c = <i32>load<u8>(p);
  return p > from && load<u8>(p - 1) === BACKSLASH && c >= 0x09 && c <= CR ? BAD_ESCAPE : BAD_TAG;
}

/** The first comma or `=` of a tag from p on that has no backslash right before it, or `end`. */
function unescaped(p: i32, end: i32): i32 {
  p = findEither(COMMA, EQUALS, p, end);
  while (p < end && load<u8>(p - 1) === BACKSLASH) p = findEither(COMMA, EQUALS, p + 1, end);
  return p;
}

function fail(code: i32, at: i32): i32 {
  store<i32>(ERROR_AT, at);
  return code;
}
