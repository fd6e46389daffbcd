/**
 * Parses a file from memory with `crosslayer/line-protocol`, every value to its type, and prints the CPU ns a line.
 *
 *     typed-parse FILE [points]      values into reused columns; with `points` into an object for each line
 */
import { readFileSync } from 'node:fs';
import { type LineBatch, LineReader, parse } from 'crosslayer/line-protocol';

const [file = '', way] = process.argv.slice(2);
const data = readFileSync(file);
const warmUp = data.subarray(0, data.indexOf(10, 4_000_000) + 1);
let lines = 0;
/** What was read is used, so that no work can be left out. */
let sum = 0;

/** Takes every value as its type: numbers as such, of strings and names the place. */
function take(batch: LineBatch): void {
  const { floats, integers, unsigneds, fields } = batch;
  for (let i = 0; i < batch.length; i++) {
    if (batch.errorCode(i) !== undefined) throw new Error(batch.error(i)?.message);
    sum += batch.tagCount(i);
    for (let f = batch.firstField(i), end = f + batch.fieldCount(i); f < end; f++) {
      const kind = fields[f * 8 + 2];
      if (kind === 0) sum += floats[f * 4 + 3] as number;
      else if (kind === 1) sum += (integers[f * 4 + 3] as bigint) === 0n ? 1 : 0;
      else if (kind === 2 || kind === 3) sum += (unsigneds[f * 4 + 3] as bigint) === 0n ? 1 : 0;
      else sum += (fields[f * 8 + 4] as number) - (fields[f * 8 + 3] as number);
    }
    if (batch.timeNs(i) === undefined) sum++;
  }
  lines += batch.length;
}

/** In pieces, as text comes: an array of all points of a large file would measure the garbage collector. */
function parsePieces(text: Buffer): void {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = text.indexOf('\n', Math.min(text.length, at + 100_000)) + 1 || text.length;
    for (const { point, error } of parse(text.subarray(at, end))) {
      if (error) throw error;
      sum += point.fields.length;
      lines++;
    }
  }
}

function read(text: Buffer): void {
  if (way === 'points') return parsePieces(text);
  const reader = new LineReader();
  reader.read(text, take);
  reader.end(take);
}

read(warmUp);
lines = 0;
const before = process.cpuUsage();
read(data);
const { user, system } = process.cpuUsage(before);
if (Number.isNaN(sum)) throw new Error('A value is not a number');
process.stdout.write(`${((user + system) * 1000) / lines}\n`);
