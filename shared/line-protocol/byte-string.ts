/**
 * Text as bytes: one character per byte (latin1), so that invalid UTF-8 survives and comparing never decodes.
 * Names, tag values and field keys of a line are byte strings; what an operator wrote in a configuration becomes one
 * by `toByteString`.
 */
export type ByteString = string & { readonly byteString: true };

/** The UTF-8 bytes of a text, as a byte string. ASCII stays as it is. */
export function toByteString(text: string): ByteString {
  return (isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as ByteString;
}

/** The text that a byte string holds; invalid UTF-8 becomes U+FFFD, so use it for logs and messages only. */
export function fromByteString(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for
  return /^[\x00-\x7f]*$/.test(text);
}
