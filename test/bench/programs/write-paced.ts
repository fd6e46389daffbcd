/**
 * Writes a file's lines to stdout at a steady rate, one write each, and notes the time just before each write.
 * It spins between the writes: give it a processor of its own.
 *
 *     write-paced FILE RATE WARM-UP LINES PID EPOCH RESULT
 *
 * The first line shows that the filter is up; WARM-UP more lines follow at the rate, then the measured ones.
 * RESULT gets doubles: CPU seconds of process PID during the measured lines, then the time of each line.
 */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { cpuOf } from '../measure/process-figures.ts';
import { sharedClock } from './shared-clock.ts';

const [file = '', rate, warmUp, measured, pid, epoch = '', result = ''] = process.argv.slice(2);
const total = 1 + Number(warmUp) + Number(measured);
const clock = sharedClock(BigInt(epoch));
const times = new Float64Array(1 + total);
const never = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number) => Atomics.wait(never, 0, 0, ms);

/** As many of the first lines as fit into 16 MiB. */
function readLines(): Buffer[] {
  const data = Buffer.alloc(16 << 20);
  const from = openSync(file, 'r');
  const text = data.subarray(0, readSync(from, data));
  closeSync(from);
  const lines: Buffer[] = [];
  for (let start = 0, end = text.indexOf(10) + 1; end > 0; start = end, end = text.indexOf(10, start) + 1) {
    lines.push(text.subarray(start, end));
  }
  return lines;
}

const lines = readLines();
function write(i: number): void {
  const line = lines[i % lines.length] as Buffer;
  times[1 + i] = clock();
  for (let at = 0; at < line.length; ) at += writeSync(1, line, at);
}

write(0);
sleep(1000);
const gap = 1000 / Number(rate);
const begin = clock();
let cpuBefore = 0;
for (let i = 1; i < total; i++) {
  if (i === 1 + Number(warmUp)) cpuBefore = cpuOf(Number(pid));
  const due = begin + i * gap;
  for (let left = due - clock(); left > 0; left = due - clock()) if (left > 3) sleep(left - 2);
  write(i);
}
sleep(50); // the last lines pass
times[0] = cpuOf(Number(pid)) - cpuBefore;
writeFileSync(result, times);
