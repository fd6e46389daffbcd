import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/crosslayer.ts';

test("the programs' code caches are taken by this Node", () => {
  const folder = dirname(PROGRAM);
  const starter = readFileSync(PROGRAM, 'utf8');
  const names = new Set(starter.match(/program-[0-9a-f]+/g));
  expect(names.size).toBeGreaterThan(2);
  for (const name of names) {
    const script = `
      const { readFileSync } = require('node:fs');
      const { Script } = require('node:vm');
      const file = ${JSON.stringify(join(folder, `${name}.cjs`))};
      const cachedData = readFileSync(file.replace(/cjs$/, 'cache'));
      console.log(new Script(readFileSync(file, 'latin1'), { filename: file, cachedData }).cachedDataRejected);`;
    // a fresh process: flags of this one would make V8 refuse what is good
    const { NODE_OPTIONS: _, ...env } = process.env;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env }), name).toBe('false\n');
  }
});
