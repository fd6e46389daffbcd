/**
 * Writes a file to stdout in pieces of random size, with a rest after some, so that a reader gets it cut anywhere.
 *
 *     chop FILE SEED
 */
import { readFileSync, writeSync } from 'node:fs';
import { Random } from '../workload/random.ts';

const [file = '', seed] = process.argv.slice(2);
const data = readFileSync(file);
const random = new Random(Number(seed));
const never = new Int32Array(new SharedArrayBuffer(4));

for (let at = 0; at < data.length; ) {
  // mostly small pieces: a cut inside a line is what is looked for
  const size = random.chance(0.9) ? 1 + random.below(300) : 1 + random.below(90_000);
  for (let end = Math.min(data.length, at + size); at < end; ) at += writeSync(1, data, at, end - at);
  if (random.chance(0.05)) Atomics.wait(never, 0, 0, 0.2);
}
