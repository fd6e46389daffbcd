// The field set and the timestamp. Grammar: Telegraf's plugins/parsers/influx/machine.go.rl and influxdata/line-protocol v2; our reading of both: docs/reference/line-protocol.md.
import { findEither, isBlank, textEnd } from './bytes';
import {
  BACKSLASH,
  BAD_ESCAPE,
  BAD_FIELD_KEY,
  BAD_FIELD_VALUE,
  BAD_TIMESTAMP,
  BOOLEAN,
  COMMA,
  CR,
  DOT,
  EQUALS,
  ERROR_AT,
  EXACT_POWERS,
  FIELD_COUNT,
  FIELD_KEY,
  FIELD_KEY_END,
  FIELD_KIND,
  FIELD_NUMBER,
  FIELD_SIZE,
  FIELD_VALUE,
  FIELD_VALUE_END,
  FIELDS,
  FIELDS_END,
  FLOAT,
  HAS_POWERS,
  HAS_TIME,
  INTEGER,
  LF,
  MAX_FIELDS,
  MAX_POWER,
  MIN_POWER,
  MINUS,
  NO_FIELDS,
  OUT_OF_RANGE,
  POWERS,
  QUOTE,
  SLOW_FLOAT,
  SPACE,
  STRING,
  TIME,
  TOO_LONG,
  TRAILING_TEXT,
  UNCLOSED_QUOTE,
  UNSIGNED,
} from './layout';

const LARGEST_DOUBLE: u64 = 1797693134862315807; // its first 19 digits, rounded up where the next one would begin
const LARGEST_UNSIGNED_TENTH: u64 = 1844674407370955161;

/** Nanoseconds in a unit of the input's timestamps. */
let precision: i64 = 1;

export function setPrecision(nanoseconds: i64): void {
  precision = nanoseconds;
}

function isDigit(c: i32): bool {
  return <u32>(c - 0x30) < 10;
}

/**
 * Finds the end of the field set from the back, reading the timestamp on the way: FIELDS_END, HAS_TIME, TIME. Right for every well-formed
 * record, as no string ends in a digit.
 */
export function findFieldsEnd(head: i32, end: i32): void {
  let e = textEnd(head, end);
  while (e > head && isBlank(load<u8>(e - 1))) e--;
  let p = e;
  while (p > head && isDigit(load<u8>(p - 1))) p--;
  const digits = p;
  if (p > head && load<u8>(p - 1) === MINUS) p--;
  if (digits === e || p === head || !isBlank(load<u8>(p - 1)) || !readTime(p, e)) {
    store<i32>(HAS_TIME, 0);
    store<i32>(FIELDS_END, e);
    return;
  }
  store<i32>(HAS_TIME, 1);
  while (p > head && isBlank(load<u8>(p - 1))) p--;
  if (p <= head) {
    store<i32>(HAS_TIME, 0);
    p = e;
  }
  store<i32>(FIELDS_END, p);
}

/** The line's time in milliseconds as stages see it: now for a line without one, and for one more than 5 s ahead. */
export function lineTimeMs(head: i32, end: i32, nowMs: f64): f64 {
  const plain = plainTimeMs(head, end);
  if (plain >= 0) return <f64>plain > nowMs + 5000 ? nowMs : <f64>plain;
  findFieldsEnd(head, end);
  if (!load<i32>(HAS_TIME)) return nowMs;
  const time = load<i64>(TIME);
  let ms = time / 1000000;
  if (time < 0 && ms * 1000000 !== time) ms--;
  return <f64>ms > nowMs + 5000 ? nowMs : <f64>ms;
}

/** The milliseconds of a time as almost all lines have it: a blank, nineteen digits of nanoseconds, a newline. Otherwise -1. */
function plainTimeMs(head: i32, end: i32): i64 {
  const e = end - 1;
  const p = e - 19;
  if (precision !== 1 || p - 2 <= head || load<u8>(e) !== LF) return -1;
  if (load<u8>(p - 1) !== SPACE || isBlank(load<u8>(p - 2))) return -1;
  const last = load<u64>(e - 8);
  const middle = load<u64>(e - 16);
  if (!isEightDigits(last) || !isEightDigits(middle)) return -1;
  if (!isDigit(load<u8>(p)) || !isDigit(load<u8>(p + 1)) || !isDigit(load<u8>(p + 2))) return -1;
  const first = <i32>load<u8>(p) * 100 + <i32>load<u8>(p + 1) * 10 + <i32>load<u8>(p + 2) - 0x30 * 111;
  // without a division of 64 bits; what does not fit into them is far ahead of any clock, and so is not taken for a time either
  return (<i64>first * 100000000 + <i64>eightDigits(middle)) * 100 + <i64>(<u32>eightDigits(last) / 1000000);
}

/** Reads [-]digits as a 64-bit time into TIME; gives false when it does not fit. Leading zeros count for nothing. */
function readTime(p: i32, end: i32): bool {
  const negative = load<u8>(p) === MINUS;
  if (negative) p++;
  while (p < end - 1 && load<u8>(p) === 0x30) p++;
  if (end - p > 19) return false;
  let value: u64 = 0;
  for (; p + 8 <= end; p += 8) value = value * 100000000 + eightDigits(load<u64>(p));
  for (; p < end; p++) value = value * 10 + (load<u8>(p) - 0x30);
  if (value > <u64>i64.MAX_VALUE + (negative ? 1 : 0)) return false;
  let time = negative ? -(<i64>value) : <i64>value;
  if (precision !== 1) {
    if (time > i64.MAX_VALUE / precision || time < i64.MIN_VALUE / precision) return false;
    time *= precision;
  }
  store<i64>(TIME, time);
  return true;
}

/**
 * Reads the field set and the timestamp behind a head that ends at `head`, strictly. Gives 0 or an error code with its place in
 * ERROR_AT; the fields read so far stand in the table in both cases.
 */
export function readFields(head: i32, end: i32): i32 {
  return readFieldsInto(FIELDS, head, end);
}

/** The same into another table of MAX_FIELDS rows. */
export function readFieldsInto(table: i32, head: i32, end: i32): i32 {
  const e = textEnd(head, end);
  let p = head;
  let fields = 0;
  store<i32>(FIELD_COUNT, 0);
  store<i32>(HAS_TIME, 0);
  while (p < e && isBlank(load<u8>(p))) p++;
  if (p === e) return fail(NO_FIELDS, p);
  while (true) {
    const key = p;
    p = fieldKeyEnd(key, e);
    if (p < 0) return stop(fields, BAD_ESCAPE, min(-p, e));
    if (p === e || p === key || load<u8>(p) !== EQUALS) return stop(fields, BAD_FIELD_KEY, p);
    if (fields === MAX_FIELDS) return stop(fields, TOO_LONG, key);
    const at = table + fields * FIELD_SIZE;
    store<i32>(at + FIELD_KEY, key);
    store<i32>(at + FIELD_KEY_END, p);
    const code = readValue(at, ++p, e);
    if (code) {
      store<i32>(FIELD_COUNT, fields);
      return code;
    }
    fields++;
    p = load<i32>(at + FIELD_VALUE_END) + (load<i32>(at + FIELD_KIND) === STRING ? 1 : 0);
    if (p < e && load<u8>(p) === COMMA) {
      p++;
      continue;
    }
    break;
  }
  store<i32>(FIELD_COUNT, fields);
  store<i32>(FIELDS_END, p);
  if (p === e) return 0;
  if (!isBlank(load<u8>(p))) return fail(BAD_FIELD_VALUE, p);
  while (p < e && isBlank(load<u8>(p))) p++;
  if (p === e) return 0;
  const time = p;
  if (load<u8>(p) === MINUS) p++;
  const digits = p;
  while (p + 8 <= e && isEightDigits(load<u64>(p))) p += 8;
  while (p < e && isDigit(load<u8>(p))) p++;
  if (p === digits) return fail(BAD_TIMESTAMP, p);
  if (p < e && !isBlank(load<u8>(p))) return fail(BAD_TIMESTAMP, p);
  if (!readTime(time, p)) return fail(OUT_OF_RANGE, time);
  store<i32>(HAS_TIME, 1);
  while (p < e && isBlank(load<u8>(p))) p++;
  return p === e ? 0 : fail(TRAILING_TEXT, p);
}

/** Where a field's key ends: at a separator, CR, or e; negative where a backslash stands before a control blank or a line end. */
function fieldKeyEnd(p: i32, e: i32): i32 {
  while (p < e) {
    p = findKeyByte(p, e);
    if (p === e) return e;
    const c = <i32>load<u8>(p);
    if (c === BACKSLASH) {
      if (++p >= e) return -e;
      const escaped = <i32>load<u8>(p);
      if (escaped >= 0x09 && escaped <= CR) return -p;
    } else if (c === EQUALS || c === COMMA || c === CR || isBlank(c)) return p;
    p++;
  }
  return e;
}

/** First byte from p that may matter in a key: a separator, a backslash, a blank or any other control byte; `to` when there is none. */
function findKeyByte(p: i32, to: i32): i32 {
  while (p < to) {
    const v = v128.load(p);
    const m = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x3d)), i8x16.eq(v, i8x16.splat(0x2c))),
        v128.or(i8x16.eq(v, i8x16.splat(0x5c)), i8x16.lt_u(v, i8x16.splat(0x21))),
      ),
    );
    if (m) return min(p + ctz(m), to);
    p += 16;
  }
  return to;
}

function stop(fields: i32, code: i32, at: i32): i32 {
  store<i32>(FIELD_COUNT, fields);
  return fail(code, at);
}

/**
 * Where the field begins whose string the quote opens, if fields that can be read lead there; otherwise 0.
 *
 * @param from the end of the head, or a field for which this is known
 */
export function fieldsLeadTo(quote: i32, from: i32): i32 {
  let p = from;
  while (p < quote && isBlank(load<u8>(p))) p++;
  while (p < quote) {
    const key = p;
    p = fieldKeyEnd(key, quote);
    if (p <= key || p === quote || load<u8>(p) !== EQUALS) return 0;
    if (++p === quote) return key;
    if (readValue(FIELDS, p, quote)) return 0;
    p = load<i32>(FIELDS + 16) + (load<i32>(FIELDS + 8) === STRING ? 1 : 0);
    if (p >= quote || load<u8>(p) !== COMMA) return 0;
    p++;
  }
  return 0;
}

/** Reads one value at p into the field's row. Its bytes are [row + 12, row + 16); a string's without the quotes. */
function readValue(at: i32, p: i32, e: i32): i32 {
  store<i32>(at + FIELD_VALUE, p);
  if (p >= e) return fail(BAD_FIELD_VALUE, p);
  const c = <i32>load<u8>(p);
  if (c === QUOTE) return readString(at, p, e);
  if (isDigit(c) || c === MINUS || c === DOT) return readNumber(at, p, e);
  return readBoolean(at, p, e);
}

function readString(at: i32, p: i32, e: i32): i32 {
  const quote = p++;
  store<i32>(at + FIELD_KIND, STRING);
  store<i32>(at + FIELD_VALUE, p);
  while (true) {
    p = p < e ? findEither(QUOTE, BACKSLASH, p, e) : e;
    if (p >= e) return fail(UNCLOSED_QUOTE, quote);
    if (load<u8>(p) === QUOTE) break;
    p += 2;
  }
  store<i32>(at + FIELD_VALUE_END, p);
  return 0;
}

/** A power of ten that a double holds exactly. */
function powerOfTen(k: i32): f64 {
  return load<f64>(EXACT_POWERS + (k << 3));
}

function readNumber(at: i32, p: i32, e: i32): i32 {
  const start = p;
  const negative = load<u8>(p) === MINUS;
  if (negative) p++;
  let mantissa: u64 = 0;
  let digits = 0; // that count
  let dropped = false;
  const whole = p;
  while (digits <= 8 && p + 8 <= e && isEightDigits(load<u64>(p))) {
    mantissa = mantissa * 100000000 + eightDigits(load<u64>(p));
    if (mantissa) digits = digits ? digits + 8 : digitsOf(mantissa);
    p += 8;
  }
  for (; p < e && isDigit(load<u8>(p)); p++) {
    if (digits < 19) {
      mantissa = mantissa * 10 + (load<u8>(p) - 0x30);
      if (mantissa) digits++;
    } else {
      digits++;
      dropped = true;
    }
  }
  const wholeDigits = p - whole;
  const droppedDigits = max(digits - 19, 0);
  if (p < e) {
    const suffix = <i32>load<u8>(p);
    if (suffix === 0x69 || suffix === 0x75)
      return readInteger(at, start, p, e, negative, wholeDigits, digits, mantissa);
  }
  let scale = 0;
  let fractionDigits = 0;
  if (p < e && load<u8>(p) === DOT) {
    p++;
    while (digits <= 11 && p + 8 <= e && isEightDigits(load<u64>(p))) {
      mantissa = mantissa * 100000000 + eightDigits(load<u64>(p));
      if (mantissa) digits = digits ? digits + 8 : digitsOf(mantissa);
      scale -= 8;
      fractionDigits += 8;
      p += 8;
    }
    for (; p < e && isDigit(load<u8>(p)); p++) {
      fractionDigits++;
      if (digits < 19) {
        mantissa = mantissa * 10 + (load<u8>(p) - 0x30);
        if (mantissa) digits++;
        scale--;
      } else if (load<u8>(p) !== 0x30) dropped = true;
    }
  }
  if (!wholeDigits && !fractionDigits) return fail(BAD_FIELD_VALUE, p);
  let exponent = 0;
  if (p < e && (load<u8>(p) | 0x20) === 0x65) {
    p++;
    let sign = 1;
    if (p < e && (load<u8>(p) === MINUS || load<u8>(p) === 0x2b)) {
      if (load<u8>(p) === MINUS) sign = -1;
      p++;
    }
    const first = p;
    for (; p < e && isDigit(load<u8>(p)); p++) if (exponent < 100000) exponent = exponent * 10 + (load<u8>(p) - 0x30);
    if (p === first) return fail(BAD_FIELD_VALUE, p);
    exponent *= sign;
  }
  if (p < e && load<u8>(p) !== COMMA && !isBlank(load<u8>(p))) return fail(BAD_FIELD_VALUE, p);
  store<i32>(at + FIELD_VALUE_END, p);
  const magnitude = min(digits, 19) - 1 + droppedDigits + scale + exponent;
  if (mantissa && (magnitude > 308 || (magnitude === 308 && nineteenDigits(mantissa, digits) > LARGEST_DOUBLE))) {
    return fail(OUT_OF_RANGE, start);
  }
  // Exact as long as mantissa and power of ten are: one rounding, as in Number(). The rest is left to it.
  const k = scale + exponent;
  if (!mantissa) {
    store<i32>(at + FIELD_KIND, FLOAT);
    store<f64>(at + FIELD_NUMBER, negative ? -0.0 : 0);
  } else if (mantissa <= 9007199254740992 && !dropped && k >= -22 && k <= 22) {
    const m = <f64>mantissa;
    const value = k < 0 ? m / powerOfTen(-k) : m * powerOfTen(k);
    store<i32>(at + FIELD_KIND, FLOAT);
    store<f64>(at + FIELD_NUMBER, negative ? -value : value);
  } else if (!dropped && k >= MIN_POWER && k <= MAX_POWER && load<i32>(HAS_POWERS)) {
    store<i32>(at + FIELD_KIND, FLOAT);
    store<u64>(at + FIELD_NUMBER, nearestDouble(mantissa, k) | (negative ? (<u64>1) << 63 : 0));
  } else {
    store<i32>(at + FIELD_KIND, SLOW_FLOAT);
    store<f64>(at + FIELD_NUMBER, NaN);
  }
  return 0;
}

/** The number's first 19 digits; a shorter one gets zeros behind it. */
function nineteenDigits(mantissa: u64, digits: i32): u64 {
  for (; digits < 19; digits++) mantissa *= 10;
  return mantissa;
}

function isEightDigits(text: u64): bool {
  return (
    ((text & 0xf0f0f0f0f0f0f0f0) | (((text + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) === 0x3333333333333333
  );
}

/** The number that eight digits in a row make. Pairs, then fours, then all of them are put together. */
function eightDigits(text: u64): u64 {
  let t = text - 0x3030303030303030;
  t = t * 10 + (t >> 8);
  return (
    (((t & 0x000000ff000000ff) * 0x000f424000000064 + ((t >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32) &
    0xffffffff
  );
}

/** Digits of a number below 10^8. */
function digitsOf(n: u64): i32 {
  let digits = 1;
  for (let limit: u64 = 10; n >= limit; limit *= 10) digits++;
  return digits;
}

/**
 * The bits of the double nearest to w × 10^q, for any w that is not 0. Daniel Lemire, "Number Parsing at a Gigabyte per Second" (2021), section 5;
 * for powers between -27 and 55 two multiplications always decide.
 */
function nearestDouble(w: u64, q: i32): u64 {
  const zeros = <i32>clz(w);
  const n = w << zeros;
  const power = POWERS + (q - MIN_POWER) * 16;
  let high = highHalf(n, load<u64>(power));
  let low = n * load<u64>(power);
  if ((high & 0x1ff) === 0x1ff) {
    const more = highHalf(n, load<u64>(power + 8));
    low += more;
    if (more > low) high++;
  }
  const upper = <i32>(high >> 63);
  let mantissa = high >> (upper + 9);
  let exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
  // exactly between two doubles: to the even one
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) === 1 && mantissa << (upper + 9) === high) mantissa &= ~(<u64>1);
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= (<u64>1) << 53) {
    mantissa = (<u64>1) << 52;
    exponent++;
  }
  return (mantissa & ~((<u64>1) << 52)) | ((<u64>exponent) << 52);
}

/** The upper 64 of the 128 bits of a product. */
function highHalf(a: u64, b: u64): u64 {
  const al = a & 0xffffffff;
  const ah = a >> 32;
  const bl = b & 0xffffffff;
  const bh = b >> 32;
  const middle = ah * bl + ((al * bl) >> 32);
  return ah * bh + (middle >> 32) + ((al * bh + (middle & 0xffffffff)) >> 32);
}

function readInteger(
  at: i32,
  start: i32,
  p: i32,
  e: i32,
  negative: bool,
  written: i32,
  digits: i32,
  mantissa: u64,
): i32 {
  const unsigned = load<u8>(p) === 0x75;
  if (!written || (unsigned && negative)) return fail(BAD_FIELD_VALUE, p);
  if (p + 1 < e && load<u8>(p + 1) !== COMMA && !isBlank(load<u8>(p + 1))) return fail(BAD_FIELD_VALUE, p + 1);
  let fits = digits <= 19;
  if (unsigned && digits === 20) {
    // the twentieth digit was left out of the mantissa
    const last = <u64>(load<u8>(p - 1) - 0x30);
    fits = mantissa < LARGEST_UNSIGNED_TENTH || (mantissa === LARGEST_UNSIGNED_TENTH && last <= 5);
    mantissa = mantissa * 10 + last;
  }
  if (!unsigned) fits = fits && mantissa <= <u64>i64.MAX_VALUE + (negative ? 1 : 0);
  if (!fits) return fail(OUT_OF_RANGE, start);
  store<i32>(at + FIELD_KIND, unsigned ? UNSIGNED : INTEGER);
  store<i32>(at + FIELD_VALUE_END, p + 1);
  store<u64>(at + FIELD_NUMBER, negative ? 0 - mantissa : mantissa);
  return 0;
}

function readBoolean(at: i32, p: i32, e: i32): i32 {
  let end = p;
  while (end < e && load<u8>(end) !== COMMA && load<u8>(end) !== CR && !isBlank(load<u8>(end))) end++;
  const n = end - p;
  let value = -1;
  if (n === 1) {
    const c = <i32>load<u8>(p);
    if ((c | 0x20) === 0x74) value = 1;
    if ((c | 0x20) === 0x66) value = 0;
  } else if (n === 4) {
    const word = load<u32>(p);
    if (word === 0x65757274 || word === 0x65757254 || word === 0x45555254) value = 1; // true True TRUE
  } else if (n === 5 && load<u8>(p + 4) === (load<u8>(p + 3) & 0x20) + 0x45) {
    const word = load<u32>(p);
    if (word === 0x736c6166 || word === 0x736c6146 || word === 0x534c4146) value = 0; // fals Fals FALS
  }
  if (value < 0) return fail(BAD_FIELD_VALUE, p);
  store<i32>(at + FIELD_KIND, BOOLEAN);
  store<i32>(at + FIELD_VALUE_END, end);
  store<u64>(at + FIELD_NUMBER, <u64>value);
  return 0;
}

function fail(code: i32, at: i32): i32 {
  store<i32>(ERROR_AT, at);
  return code;
}
