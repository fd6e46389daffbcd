import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TypesDbFiles } from '../../../shared/collectd-files/types-db-files.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { FakeContext } from '../../support/fake-context.ts';

let folder: string;
let context: FakeContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosslayer-types-'));
  context = new FakeContext();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file that is a while old, so that it is taken for settled. */
function file(name: string, text: string, secondsAgo = 10): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  const time = Date.now() / 1000 - secondsAgo;
  utimesSync(path, time, time);
  return path;
}

function open(...paths: string[]): TypesDbFiles {
  return new TypesDbFiles({ paths, log: context.log, now: () => Date.now(), without: 'it goes on without' });
}

const names = (files: TypesDbFiles, type: string) =>
  files.types.get(toByteString(type))?.sources.map(({ name }) => name);

test('later files win, and a mistake costs its type and is told with its line', () => {
  const first = file('a.db', 'load shortterm:GAUGE:0:5000\ncpu value:DERIVE:0:U\n');
  const second = file('b.db', 'load one:GAUGE:0:5000\nbad value:NONE:0:U\n# comment\n');
  const files = open(first, second);
  expect(names(files, 'load')).toEqual(['one']);
  expect(names(files, 'cpu')).toEqual(['value']);
  expect(context.said).toEqual([expect.stringMatching(new RegExp(`^W ${second}:2: Type "bad" is left out: `))]);
});

test('a missing file is a warning', () => {
  const missing = join(folder, 'none.db');
  const files = open(missing);
  expect(files.types.size).toBe(0);
  expect(context.said[0]).toMatch(/^W .*none\.db.* does not exist; it goes on without/);
});

test('what is no file, or too large, is a warning and not waited for', () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const large = join(folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 1 << 30);
  expect(open(fifo, '/dev/zero', folder, large).types.size).toBe(0);
  expect(context.said.slice(0, 4)).toEqual([
    expect.stringMatching(/^W .*fifo.* is no file; it goes on without/),
    expect.stringMatching(/^W .*zero.* is no file; /),
    expect.stringMatching(/^W .* is no file; /),
    expect.stringMatching(/^W .*large.* has 1073741824 bytes, more than the limit/),
  ]);
});

test('many mistakes are told as one', () => {
  open(file('a.db', Array.from({ length: 300 }, (_, n) => `type${n} value:NONE:0:U\n`).join('')));
  expect(context.said).toHaveLength(11);
  expect(context.said[10]).toBe('W 290 more mistakes in types_db');
});

test('a file that changes is read again; one that vanishes stays in use', async () => {
  const path = file('a.db', 'load a:GAUGE:0:5000\n');
  const late = join(folder, 'late.db');
  const files = open(path, late);
  expect(await files.refresh()).toBe(false);
  file('a.db', 'load bb:GAUGE:0:5000\n', 5);
  expect(await files.refresh()).toBe(true);
  expect(names(files, 'load')).toEqual(['bb']);
  file('late.db', 'late value:GAUGE:0:5000\n');
  expect(await files.refresh()).toBe(true);
  expect(names(files, 'late')).toEqual(['value']);
  expect(context.said.at(-1)).toBe('I types_db has changed: 2 types are known from 2 files');
  rmSync(path);
  await files.refresh();
  expect(names(files, 'load')).toEqual(['bb']);
  expect(context.said.at(-1)).toMatch(/^T types_db .*Types stay as they are: .*does not exist/);
});
