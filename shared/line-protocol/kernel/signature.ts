// What a stage can have asked a head for: its measurement, or the group of that, and its named tags as they stand in the line.
import { copyOver } from './bytes';
import { groupOf } from './groups';
import { LF, SIGNATURE } from './layout';

let length: i32 = 0;

/** Length of the signature of the head that was read last; 0: it has none. */
export function signatureSize(): i32 {
  return length;
}

export function noSignature(): void {
  length = 0;
}

/** Begins a signature, for a measurement of this number or -1. Gives where it goes on. */
export function signMeasurement(start: i32, n: i32, number: i32): i32 {
  let at = SIGNATURE;
  if (number < 0) {
    copyOver(at, start, n);
    at += n;
  } else {
    // no measurement begins with a newline
    store<u8>(at, LF);
    store<i32>(at + 1, groupOf(number));
    at += 5;
  }
  store<u8>(at, LF);
  return at + 1;
}

/** The id as one byte from 1, then the value; a newline ends it, as none can stand in a head. */
export function signTag(at: i32, id: i32, value: i32, n: i32): i32 {
  store<u8>(at, id < 9 ? id + 1 : id + 2);
  copyOver(at + 1, value, n);
  at += n + 2;
  store<u8>(at - 1, LF);
  return at;
}

export function endSignature(at: i32): void {
  length = at - SIGNATURE;
}
