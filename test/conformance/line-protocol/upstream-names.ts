/**
 * How influxdata/line-protocol v2 reads a name: up to the first separator that has no backslash directly before it. A
 * second opinion on what the writer writes, besides the reference, which reads as Telegraf's own parser.
 */
export function upstreamName(text: string, position: 'measurement' | 'key'): string | undefined {
  const separators = position === 'measurement' ? ', ' : ', =';
  let name = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c < ' ' || c === '\x7f') return undefined;
    const next = text[i + 1];
    if (c === '\\' && next !== undefined && separators.includes(next)) {
      name += next;
      i++;
    } else if (separators.includes(c)) {
      return name === '' || (position === 'measurement' && name.startsWith('#')) ? undefined : name;
    } else {
      name += c;
    }
  }
  return undefined;
}

/** The value of a quoted string: `\n` `\r` `\t` `\"` `\\` are decoded, other backslashes stay. */
export function upstreamString(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
  let value = '';
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '"') return i === text.length - 1 ? value : undefined;
    const decoded = text[i] === '\\' ? known[text[i + 1] ?? ''] : undefined;
    value += decoded ?? text[i];
    if (decoded !== undefined) i++;
  }
  return undefined;
}
