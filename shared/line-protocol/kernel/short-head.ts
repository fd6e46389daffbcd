// Heads of up to 63 bytes, which most are, by bit masks: without searching, and almost without branches. What is not plain is left to `head.ts`, which
// knows every case: nothing here says that a head is wrong.
import { measurementOf } from './groups';
import { BACKSLASH, COMMA, CR, EQUALS, SPACE } from './layout';
import { above, below, controls, equalTo, escapedBy, WIDTH } from './masks';
import { nameOf } from './names';
import { endSignature, signMeasurement, signTag } from './signature';

/**
 * The end of the head at `start`, or 0 where it is not plain to see among the 64 bytes there, all of which must have come. In the measurement
 * backslashes pair, in tags only the byte just before counts.
 */
export function shortHeadEnd(start: i32): i32 {
  const backslashes = equalTo(BACKSLASH, start);
  const odd = escapedBy(backslashes);
  const control = controls(start);
  const blank = control | equalTo(SPACE, start);
  const comma = equalTo(COMMA, start) & ~odd;
  const name = below(comma);
  const inName = blank & ~odd & name;
  const end = inName ? inName : blank & ~(backslashes << 1) & ~name;
  // a line end needs no leave to end a head
  if (!end || control & below(end)) return 0;
  const p = start + <i32>ctz(end);
  return load<u8>(p) === CR ? 0 : p;
}

/** Makes the signature of the head [start, end), which an unescaped blank ends. Gives false where the head is longer or not plain. */
export function signShortHead(start: i32, end: i32): bool {
  const n = end - start;
  if (n >= WIDTH) return false;
  const head = ((<u64>1) << n) - 1;
  const backslashes = equalTo(BACKSLASH, start);
  const commas = equalTo(COMMA, start);
  const comma = commas & ~escapedBy(backslashes) & head;
  const name = comma ? below(comma) : head;
  const escaped = backslashes << 1;
  if (controls(start) & head || !name) return false;
  const nameEnd = comma ? start + <i32>ctz(comma) : end;
  const length = nameEnd - start;
  let signature = signMeasurement(start, length, measurementOf(start, length));
  let separators = (commas | equalTo(EQUALS, start)) & ~escaped & head & above(comma);
  for (let key = nameEnd + 1; key <= end; ) {
    const equals = start + <i32>ctz(separators);
    if (!separators || equals === key || load<u8>(equals) !== EQUALS) return false;
    separators &= separators - 1;
    const value = equals + 1;
    const stop = separators ? start + <i32>ctz(separators) : end;
    if (stop === value || (stop < end && load<u8>(stop) !== COMMA)) return false;
    separators &= separators - 1;
    const id = nameOf(key, equals - key);
    if (id >= 0) signature = signTag(signature, id, value, stop - value);
    key = stop + 1;
  }
  endSignature(signature);
  return true;
}
