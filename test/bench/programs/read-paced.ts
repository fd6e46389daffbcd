/**
 * Reads lines from stdin and notes when each came: the time just after the read that brought its newline.
 *
 *     read-paced LINES EPOCH RESULT [MARK...]
 *
 * RESULT gets doubles: the time of each line, then for each MARK when this text was first seen after the one before it
 * (NaN when it never was).
 */
import { readSync, writeFileSync } from 'node:fs';
import { sharedClock } from './shared-clock.ts';

const [expected, epoch = '', result = '', ...marks] = process.argv.slice(2);
const clock = sharedClock(BigInt(epoch));
const total = Number(expected);
const times = new Float64Array(total + marks.length).fill(Number.NaN);
const chunk = Buffer.alloc(64 << 10);
let lines = 0;
let seen = 0;

for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) {
  const now = clock();
  for (let at = 0; at < length; at++) {
    if (chunk[at] !== 10) continue;
    if (lines < total) times[lines] = now;
    lines++;
  }
  const mark = marks[seen];
  if (mark !== undefined && chunk.subarray(0, length).includes(mark)) times[total + seen++] = now;
}
if (lines !== total) {
  process.stderr.write(`read-paced: ${lines} lines came back, ${total} were written\n`);
  process.exit(1);
}
writeFileSync(result, times);
