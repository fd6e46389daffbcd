// Finding, comparing and copying bytes, sixteen at a time. Every area has at least 64 bytes of slack behind it, so a load
// or store may reach beyond the end; positions beyond it are never reported.
import { BACKSLASH, CR, LF, SPACE } from './layout';

/** SPACE, TAB, VT or FF: what separates the parts of a line (Telegraf, plugins/parsers/influx/machine.go.rl). */
export function isBlank(c: i32): bool {
  return c === SPACE || c === 0x09 || c === 0x0b || c === 0x0c;
}

/** First byte from p that is a blank, LF or CR; `to` when there is none. */
export function findBlankOrNewline(p: i32, to: i32): i32 {
  while (p < to) {
    const v = v128.load(p);
    const m = i8x16.bitmask(
      v128.or(i8x16.eq(v, i8x16.splat(0x20)), i8x16.lt_u(i8x16.sub(v, i8x16.splat(9)), i8x16.splat(5))),
    );
    if (m) return min(p + ctz(m), to);
    p += 16;
  }
  return to;
}

/** Which of the sixteen bytes at p are control bytes from TAB to CR: a bit each, the lowest for the first. */
export function controlsIn16(p: i32): i32 {
  return i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(p), i8x16.splat(9)), i8x16.splat(5)));
}

/** First control byte from TAB to CR from p on; `to` when there is none. */
export function findControl(p: i32, to: i32): i32 {
  while (p < to) {
    const m = controlsIn16(p);
    if (m) return min(p + ctz(m), to);
    p += 16;
  }
  return to;
}

/** First byte from p that is a or b; `to` when there is none. */
export function findEither(a: i32, b: i32, p: i32, to: i32): i32 {
  while (p < to) {
    const v = v128.load(p);
    const m = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(<i8>a)), i8x16.eq(v, i8x16.splat(<i8>b))));
    if (m) return min(p + ctz(m), to);
    p += 16;
  }
  return to;
}

/** First byte from p that is a; `to` when there is none. */
export function findByte(a: i32, p: i32, to: i32): i32 {
  while (p < to) {
    const m = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(<i8>a)));
    if (m) return min(p + ctz(m), to);
    p += 16;
  }
  return to;
}

export function equal(a: i32, b: i32, n: i32): bool {
  if (n >= 16) {
    let i = 0;
    for (; i + 16 <= n; i += 16) {
      if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
    }
    return !v128.any_true(v128.xor(v128.load(a + n - 16), v128.load(b + n - 16)));
  }
  if (n >= 8) return load<u64>(a) === load<u64>(b) && load<u64>(a + n - 8) === load<u64>(b + n - 8);
  const difference = load<u64>(a) ^ load<u64>(b);
  return n === 0 || difference << ((8 - n) << 3) === 0;
}

export function hashOf(p: i32, n: i32): u32 {
  let h: u64 = 0x9e3779b97f4a7c15 ^ <u64>n;
  const end = p + n;
  for (; p + 8 <= end; p += 8) {
    h = (h ^ load<u64>(p)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  if (p < end) {
    h = (h ^ (load<u64>(p) << ((8 - end + p) << 3))) * 0xc4ceb9fe1a85ec53;
    h ^= h >> 32;
  }
  return <u32>(h ^ (h >> 17));
}

/** Copies n bytes; may write up to 15 more behind them. */
export function copyOver(to: i32, from: i32, n: i32): void {
  if (n > 512) {
    memory.copy(to, from, n);
    return;
  }
  for (let i = 0; i < n; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Whether an odd number of backslashes stands directly before p, not looking before `from`. */
export function isEscapedInPairs(p: i32, from: i32): bool {
  let q = p;
  while (q > from && load<u8>(q - 1) === BACKSLASH) q--;
  return ((p - q) & 1) === 1;
}

/** The end of a record's text: before its LF, and before one CR in front of that. */
export function textEnd(start: i32, end: i32): i32 {
  let e = end;
  if (e > start && load<u8>(e - 1) === LF) e--;
  if (e > start && load<u8>(e - 1) === CR) e--;
  return e;
}
