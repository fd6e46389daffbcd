// The head of a record: measurement and tag set.
import {
  copyOver,
  equal,
  findBlankOrNewline,
  findByte,
  findControl,
  findEither,
  hashOf,
  isEscapedInPairs,
} from './bytes';
import { groupOf, measurementOf } from './groups';
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
  NAME_BYTES,
  NAME_BYTES_END,
  NAME_ID,
  NAME_KEY,
  NAME_LENGTH,
  NAME_SLOT_COUNT,
  NAME_SLOTS,
  NO_MEASUREMENT,
  SIGNATURE,
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

let nameBytes: i32 = NAME_BYTES;
let names: i32 = 0;
let signatureLength: i32 = 0;

/** Length of the signature of the head walked last: its measurement, or the group of that, and its named tags as they stand in the line. */
export function signatureSize(): i32 {
  return signatureLength;
}

/** Makes a tag key known by a number; its bytes stand at `key`. Gives false when there is no more room. */
export function addName(key: i32, length: i32, id: i32): bool {
  if (nameBytes + length + 16 > NAME_BYTES_END) return false;
  memory.copy(nameBytes, key, length);
  let slot = hashOf(nameBytes, length) & (NAME_SLOT_COUNT - 1);
  while (load<i32>(NAME_SLOTS + slot * 16 + 8)) slot = (slot + 1) & (NAME_SLOT_COUNT - 1);
  const at = NAME_SLOTS + slot * 16;
  store<i32>(at + NAME_KEY, nameBytes);
  store<i32>(at + NAME_LENGTH, length);
  store<i32>(at + NAME_ID, id + 1);
  nameBytes += length;
  names++;
  return true;
}

function nameOf(key: i32, length: i32): i32 {
  let slot = hashOf(key, length) & (NAME_SLOT_COUNT - 1);
  while (true) {
    const at = NAME_SLOTS + slot * 16;
    const id = load<i32>(at + NAME_ID);
    if (!id) return -1;
    if (load<i32>(at + NAME_LENGTH) === length && equal(load<i32>(at + NAME_KEY), key, length)) return id - 1;
    slot = (slot + 1) & (NAME_SLOT_COUNT - 1);
  }
}

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
  let signature = SIGNATURE;
  store<i32>(MEASUREMENT_END, nameEnd);
  store<i32>(TAG_COUNT, 0);
  signatureLength = 0;
  if (nameEnd === to && isEscapedInPairs(to, start)) return fail(BAD_ESCAPE, to);
  if (nameEnd === start || (nameEnd === to && to < end)) return fail(NO_MEASUREMENT, to < end ? to : start);
  const number = measurementOf(start, nameEnd - start);
  store<i32>(MEASUREMENT, number);
  if (signed) {
    if (number < 0) {
      copyOver(signature, start, nameEnd - start);
      signature += nameEnd - start;
    } else {
      // no measurement begins with a newline
      store<u8>(signature, LF);
      store<i32>(signature + 1, groupOf(number));
      signature += 5;
    }
    store<u8>(signature++, LF);
  }
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
    const id = names ? nameOf(key, keyEnd - key) : -1;
    const at = table + tags * TAG_SIZE;
    store<i32>(at + TAG_ID, id);
    store<i32>(at + TAG_KEY, key);
    store<i32>(at + TAG_KEY_END, keyEnd);
    store<i32>(at + TAG_VALUE, value);
    store<i32>(at + TAG_VALUE_END, p);
    tags++;
    if (signed && id >= 0) {
      // the id as one byte from 1, then the value; a newline ends it, as none can stand in a head
      store<u8>(signature++, id < 9 ? id + 1 : id + 2);
      copyOver(signature, value, p - value);
      signature += p - value;
      store<u8>(signature++, LF);
    }
  }
  if (to < end) return fail(BAD_TAG, to);
  store<i32>(TAG_COUNT, tags);
  if (signed) signatureLength = signature - SIGNATURE;
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
