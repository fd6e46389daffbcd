import * as at from './layout.ts';

// Walks over JSON (RFC 8259), checking all that it passes. Every function takes where to begin and gives where it ended, or -1
// with ERROR and ERROR_AT set. Behind the text stands a byte 0, which no loop passes.

export function fail(error: i32, position: i32): i32 {
  store<i32>(at.ERROR, error);
  store<i32>(at.ERROR_AT, position);
  return -1;
}

/** The next byte that is no blank. */
export function skipBlanks(position: i32): i32 {
  let p = position;
  let byte: i32 = load<u8>(p);
  while (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) byte = load<u8>(++p);
  return p;
}

/** From the opening quote to behind the closing one. */
export function skipString(position: i32): i32 {
  let p = position + 1;
  let escaped: i32 = 0;
  while (true) {
    const byte: i32 = load<u8>(p);
    if (byte == 0x22) break;
    if (byte == 0x5c) {
      escaped = 1;
      p = skipEscape(p);
      if (p < 0) return -1;
    } else if (byte < 0x20) {
      return fail(at.CONTROL_CHARACTER, p);
    } else {
      p++;
    }
  }
  store<i32>(at.STRING_ESCAPED, escaped);
  return p + 1;
}

function skipEscape(position: i32): i32 {
  const byte: i32 = load<u8>(position + 1);
  // \uXXXX
  if (byte == 0x75) {
    for (let i = 2; i < 6; i++) if (!isHexDigit(load<u8>(position + i))) return fail(at.BAD_ESCAPE, position);
    return position + 6;
  }
  // \" \\ \/ \b \f \n \r \t
  const known =
    byte == 0x22 ||
    byte == 0x5c ||
    byte == 0x2f ||
    byte == 0x62 ||
    byte == 0x66 ||
    byte == 0x6e ||
    byte == 0x72 ||
    byte == 0x74;
  return known ? position + 2 : fail(at.BAD_ESCAPE, position);
}

function isHexDigit(byte: i32): bool {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isDigit(byte: i32): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function skipDigits(position: i32): i32 {
  let p = position;
  while (isDigit(load<u8>(p))) p++;
  return p;
}

function skipNumber(position: i32): i32 {
  let p = position;
  if (load<u8>(p) == 0x2d) p++;
  const digits = p;
  p = skipDigits(p);
  if (p == digits || (load<u8>(digits) == 0x30 && p > digits + 1)) return fail(at.BAD_NUMBER, position);
  if (load<u8>(p) == 0x2e) {
    const fraction = p + 1;
    p = skipDigits(fraction);
    if (p == fraction) return fail(at.BAD_NUMBER, position);
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    p++;
    if (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d) p++;
    const exponent = p;
    p = skipDigits(exponent);
    if (p == exponent) return fail(at.BAD_NUMBER, position);
  }
  return p;
}

/** A value of any kind. */
export function skipValue(position: i32, depth: i32): i32 {
  const p = skipBlanks(position);
  const byte: i32 = load<u8>(p);
  if (byte == 0x22) return skipString(p);
  if (byte == 0x7b) return skipTable(p, depth + 1);
  if (byte == 0x5b) return skipList(p, depth + 1);
  if (byte == 0x2d || isDigit(byte)) return skipNumber(p);
  const word: u32 = load<u32>(p);
  if (word == 0x6c6c756e || word == 0x65757274) return p + 4; // null, true
  if (word == 0x736c6166 && load<u8>(p + 4) == 0x65) return p + 5; // false
  return fail(at.EXPECTED_VALUE, p);
}

function skipTable(position: i32, depth: i32): i32 {
  if (depth > at.MAX_DEPTH) return fail(at.TOO_DEEP, position);
  let p = position + 1;
  let first = true;
  while (true) {
    p = nextName(p, first);
    if (p < 0) return -1;
    if (load<u8>(p) == 0x7d) return p + 1;
    first = false;
    p = skipString(p);
    if (p < 0) return -1;
    p = skipColon(p);
    if (p < 0) return -1;
    p = skipValue(p, depth);
    if (p < 0) return -1;
  }
}

function skipList(position: i32, depth: i32): i32 {
  if (depth > at.MAX_DEPTH) return fail(at.TOO_DEEP, position);
  let p = position + 1;
  let first = true;
  while (true) {
    p = nextElement(p, first);
    if (p < 0) return -1;
    if (load<u8>(p) == 0x5d) return p + 1;
    first = false;
    p = skipValue(p, depth);
    if (p < 0) return -1;
  }
}

/** To the next member's opening quote, or the closing brace. */
export function nextName(position: i32, first: bool): i32 {
  let p = skipBlanks(position);
  if (load<u8>(p) == 0x7d) return p;
  if (!first) {
    if (load<u8>(p) != 0x2c) return fail(at.EXPECTED_COMMA_OR_BRACE, p);
    p = skipBlanks(p + 1);
  }
  return load<u8>(p) == 0x22 ? p : fail(at.EXPECTED_NAME, p);
}

export function skipColon(position: i32): i32 {
  const p = skipBlanks(position);
  return load<u8>(p) == 0x3a ? p + 1 : fail(at.EXPECTED_COLON, p);
}

/** To the next element, or the closing bracket. */
export function nextElement(position: i32, first: bool): i32 {
  let p = skipBlanks(position);
  if (load<u8>(p) == 0x5d) return p;
  if (!first) {
    if (load<u8>(p) != 0x2c) return fail(at.EXPECTED_COMMA_OR_BRACKET, p);
    p = skipBlanks(p + 1);
    if (load<u8>(p) == 0x5d) return fail(at.EXPECTED_VALUE, p);
  }
  return p;
}

/** Passes a time in milliseconds and keeps it at the address; null is `otherwise`. Fractions are cut off. */
export function readTime(position: i32, address: i32, otherwise: f64): i32 {
  const p = skipBlanks(position);
  if (load<u32>(p) == 0x6c6c756e) {
    store<f64>(address, otherwise);
    return p + 4;
  }
  const negative = load<u8>(p) == 0x2d;
  if (!negative && !isDigit(load<u8>(p))) return fail(at.EXPECTED_TIME, p);
  const end = skipNumber(p);
  if (end < 0) return -1;
  let value: f64 = 0;
  let q = negative ? p + 1 : p;
  while (isDigit(load<u8>(q))) value = value * 10 + (load<u8>(q++) - 0x30);
  // nobody writes a time as 1.7e12; who does gets it refused rather than misread
  if (q != end && load<u8>(q) != 0x2e) return fail(at.EXPECTED_TIME, p);
  if (q != end && (load<u8>(skipDigits(q + 1)) | 0x20) == 0x65) return fail(at.EXPECTED_TIME, p);
  store<f64>(address, negative ? -value : value);
  return end;
}
