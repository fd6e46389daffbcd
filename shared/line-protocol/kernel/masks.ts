// Sixty-four bytes at once: a mask has a bit for each, the lowest for the first.
import { controlsIn16 } from './bytes';

/** Bytes that a mask is about. */
export const WIDTH: i32 = 64;

/** Which of the 64 bytes at p are c: a bit each, the lowest for the first. */
export function equalTo(c: i32, p: i32): u64 {
  const v = i8x16.splat(<i8>c);
  return joined(
    i8x16.bitmask(i8x16.eq(v128.load(p), v)),
    i8x16.bitmask(i8x16.eq(v128.load(p, 16), v)),
    i8x16.bitmask(i8x16.eq(v128.load(p, 32), v)),
    i8x16.bitmask(i8x16.eq(v128.load(p, 48), v)),
  );
}

/** Which of them are control bytes from TAB to CR. */
export function controls(p: i32): u64 {
  return joined(controlsIn16(p), controlsIn16(p + 16), controlsIn16(p + 32), controlsIn16(p + 48));
}

function joined(a: i32, b: i32, c: i32, d: i32): u64 {
  return <u64>(<u32>(a | (b << 16))) | ((<u64>(<u32>(c | (d << 16)))) << 32);
}

/** The bits below the lowest one of a mask; all where it is 0. */
export function below(mask: u64): u64 {
  return ~mask & (mask - 1);
}

/** The bits above the lowest one of a mask; none where it is 0. */
export function above(mask: u64): u64 {
  return ~(mask ^ (mask - 1));
}

/** The bytes of a string that a backslash escapes, where it is known which bytes are backslashes: those behind an odd number of them. */
export function escapedBy(backslashes: u64): u64 {
  // a carry runs through each run of backslashes; where it comes out tells its length (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019)
  const starts = backslashes & ~(backslashes << 1);
  const fromEven = (backslashes + (starts & EVEN)) & ~backslashes;
  const fromOdd = (backslashes + (starts & ~EVEN)) & ~backslashes;
  return (fromEven & ~EVEN) | (fromOdd & EVEN);
}

const EVEN: u64 = 0x5555555555555555;
