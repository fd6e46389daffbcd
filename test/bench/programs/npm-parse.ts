/**
 * Parses a file from memory with `influx-line-protocol-parser` and prints the CPU ns a line.
 *
 *     npm-parse FILE
 */
import { readFileSync } from 'node:fs';
import parse from 'influx-line-protocol-parser';

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n');
for (const line of lines.slice(0, 20_000)) parse(line);
const before = process.cpuUsage();
for (const line of lines) parse(line);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${((user + system) * 1000) / lines.length}\n`);
