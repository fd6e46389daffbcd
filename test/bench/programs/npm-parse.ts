/** Parses a file's lines with `influx-line-protocol-parser`, from memory, and prints the CPU ns a line. */
import { readFileSync } from 'node:fs';
import parse from 'influx-line-protocol-parser';

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n');
const before = process.cpuUsage();
for (const line of lines) parse(line);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${((user + system) * 1000) / lines.length}\n`);
