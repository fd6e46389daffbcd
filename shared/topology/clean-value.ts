import { type ByteString, toByteString } from '../line-protocol/byte-string.ts';
import { cleanTagValue } from '../line-protocol/clean.ts';

/** A value that may stand in a line. */
export interface CleanValue {
  /** Empty when nothing was left of it. */
  readonly value: ByteString;
  /** Whether it had to be changed. */
  readonly changed: boolean;
}

/** Makes a text from a snapshot or table fit for a tag; `cleanTagValue` says how. */
export function cleanValue(text: string): CleanValue {
  return cleanTagValue(toByteString(text));
}
