/**
 * Reads lines from stdin and notes when each came: the time just after the read that brought its newline.
 *
 *     read-paced LINES EPOCH RESULT
 */
import { readSync, writeFileSync } from 'node:fs';
import { sharedClock } from './shared-clock.ts';

const [expected, epoch = '', result = ''] = process.argv.slice(2);
const clock = sharedClock(BigInt(epoch));
const times = new Float64Array(Number(expected));
const chunk = Buffer.alloc(64 << 10);
let lines = 0;

for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) {
  const now = clock();
  for (let at = 0; at < length; at++) {
    if (chunk[at] !== 10) continue;
    if (lines < times.length) times[lines] = now;
    lines++;
  }
}
if (lines !== times.length) {
  console.error(`read-paced: ${lines} lines came back, ${times.length} were written`);
  process.exit(1);
}
writeFileSync(result, times);
