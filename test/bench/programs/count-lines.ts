/**
 * Counts the lines of stdin to its end.
 *
 *     count-lines RESULT
 *
 * RESULT gets how many lines there were besides those of our own statistics; in a second line the last of these.
 */
import { readSync, writeFileSync } from 'node:fs';

const OWN = 'internal_';
const chunk = Buffer.alloc(64 << 10);
let newlines = 0;
let own = 0;
let last = '';
/** The end of what was read: a line may begin there. */
let tail = '';

for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) {
  const bytes = chunk.subarray(0, length);
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) newlines++;
  if (tail === '' && !bytes.includes(OWN) && !bytes.subarray(-OWN.length).includes(10)) continue;
  const lines = (tail + bytes.toString('latin1')).split('\n');
  tail = lines.pop() ?? '';
  for (const line of lines) {
    if (!line.startsWith(OWN)) continue;
    own++;
    last = line;
  }
  if (!OWN.startsWith(tail) && !tail.startsWith(OWN)) tail = '';
}
writeFileSync(process.argv[2] ?? '', `${newlines - own}\n${last}\n`);
