// Controls, DEL, C1 controls, line and paragraph separator, and the marks that turn the direction of text around.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const ORDINARY = /^[\x20-\x7e]*$/;

const ELLIPSIS = '…';

/**
 * The text as one line of at most `maxBytes` bytes of UTF-8 with its newline: newlines become ` | `, other control characters `\xNN`, what
 * is too long is cut at a character and ends in `…`.
 */
export function oneLine(text: string, maxBytes: number): string {
  if (text.length < maxBytes && ORDINARY.test(text)) return text;
  const line = text
    .trimEnd()
    .replace(/[\r\n]\s*/g, ' | ')
    .replace(UNPRINTABLE, visible);
  return cut(line, maxBytes - 1);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\t') return ' ';
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

function cut(line: string, maxBytes: number): string {
  const bytes = Buffer.from(line, 'utf8');
  if (bytes.length <= maxBytes) return line;
  let end = maxBytes - Buffer.byteLength(ELLIPSIS);
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + ELLIPSIS;
}
