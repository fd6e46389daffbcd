import type { ByteString } from '../line-protocol/byte-string.ts';

/** The first bytes of a text, at most so many, without a character that the end would cut through. Bytes that are no UTF-8 are cut anywhere. */
export function cutAtCharacter(text: ByteString, maxBytes: number): ByteString {
  if (text.length <= maxBytes) return text;
  let end = maxBytes;
  // a character has at most three continuation bytes
  while (end > 0 && end > maxBytes - 3 && isContinuation(text.charCodeAt(end))) end--;
  return text.slice(0, isContinuation(text.charCodeAt(end)) ? maxBytes : end) as ByteString;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
