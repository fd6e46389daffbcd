/** Reads stdin to its end and prints the number of newlines and the sha256. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';

const hash = createHash('sha256');
const chunk = Buffer.alloc(64 << 10);
let newlines = 0;
for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) {
  const bytes = chunk.subarray(0, length);
  hash.update(bytes);
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) newlines++;
}
process.stdout.write(`${newlines} ${hash.digest('hex')}\n`);
