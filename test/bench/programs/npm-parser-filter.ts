/**
 * The obvious filter from npm: `readline` and `influx-line-protocol-parser`, every line parsed and written anew. Wrong on
 * blanks and newlines in strings, on int64 and on nanoseconds, and it reads on when its reader is slow.
 *
 *     npm-parser-filter TAG TABLE < lines
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import parse from 'influx-line-protocol-parser';

const [tag, tableFile = ''] = process.argv.slice(2);
const table = new Map(
  readFileSync(tableFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t') as [string, string]),
);

function written(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
  const point = parse(line);
  let head = point.measurement;
  let added: string | undefined;
  for (const pair of point.tags) {
    for (const [key, value] of Object.entries(pair)) {
      head += `,${key}=${value}`;
      if (key === tag) added = table.get(String(value));
    }
  }
  if (added) head += `,${added}`;
  const fields = point.fields.flatMap((pair) => Object.entries(pair)).map(([key, value]) => `${key}=${written(value)}`);
  process.stdout.write(`${head} ${fields.join(',')} ${point.timestamp}\n`);
});
