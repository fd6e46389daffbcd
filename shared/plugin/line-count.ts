/** Newlines in the bytes from `from` on. */
export function countLines(bytes: Uint8Array, from = 0): number {
  let n = 0;
  for (let i = from; i < bytes.length; i++) if (bytes[i] === 0x0a) n++;
  return n;
}
