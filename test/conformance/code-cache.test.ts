import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/crosslayer.ts';

test("the code caches of the programs' parts are taken by this Node", () => {
  const folder = dirname(PROGRAM);
  const names = [...new Set(readFileSync(PROGRAM, 'utf8').match(/program-[0-9a-f]+/g))];
  expect(names.length).toBeGreaterThan(2);
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.cjs') && names.some((name) => file.startsWith(name)),
  );
  // each has a part that reads its configuration
  expect(files.filter((file) => file.includes('-configuration-'))).toHaveLength(names.length);
  const script = `
    const { readFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const rejected = ${JSON.stringify(files.map((file) => join(folder, file)))}.filter((file) => {
      const cachedData = readFileSync(file.replace(/cjs$/, 'cache'));
      return new Script(readFileSync(file, 'latin1'), { filename: file, cachedData }).cachedDataRejected !== false;
    });
    console.log(JSON.stringify(rejected));`;
  // a fresh process: flags of this one would make V8 refuse what is good
  const { NODE_OPTIONS: _, ...env } = process.env;
  expect(JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env }))).toEqual([]);
});
