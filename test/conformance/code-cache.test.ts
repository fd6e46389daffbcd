import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/crosslayer.ts';

test("the program's code cache is taken by this Node", () => {
  const starter = readFileSync(PROGRAM, 'utf8');
  const name = /\/(program-\w+)\.cjs/.exec(starter)?.[1];
  const file = join(dirname(PROGRAM), `${name}.cjs`);
  const script = `
    const { readFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const file = ${JSON.stringify(file)};
    const program = readFileSync(file, 'latin1');
    const cachedData = readFileSync(file.replace(/cjs$/, 'cache'));
    console.log(new Script(program, { filename: file, cachedData }).cachedDataRejected);`;
  // a fresh process: flags of this one would make V8 refuse what is good
  const { NODE_OPTIONS: _, ...env } = process.env;
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env })).toBe('false\n');
});
