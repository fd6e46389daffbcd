/**
 * Text that is written often, kept in words of eight bytes: a store for every word instead of one for every byte. Words are doubles, as they are the only ones
 * of that size which are no objects. Their bits survive, since no text is a NaN: that takes a byte 0x7f or 0xff, and neither stands in a line.
 */
export interface ReadyText {
  readonly length: number;
  readonly words: Float64Array;
}

/** What may be written behind a text. */
export const READY_SLACK = 7;

/** @param bytes without DEL and 0xff */
export function readyText(bytes: Uint8Array): ReadyText {
  const words = new Float64Array(Math.ceil(bytes.length / 8));
  const view = new DataView(words.buffer);
  for (const [i, byte] of bytes.entries()) view.setUint8(i, byte);
  for (let i = 0; i < words.length; i++) words[i] = view.getFloat64(i * 8, true);
  return { length: bytes.length, words };
}

/** Gives the place behind the text; up to seven bytes more may be written. */
export function writeReady(out: DataView, p: number, { length, words }: ReadyText): number {
  for (let i = 0; i < words.length; i++) out.setFloat64(p + i * 8, words[i] as number, true);
  return p + length;
}
