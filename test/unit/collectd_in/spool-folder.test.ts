import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpoolFolder } from '../../../plugins/collectd_in/spool-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosslayer-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a look reads so many names, and the next goes on behind them, until all were seen', () => {
  for (let n = 0; n < 10_050; n++) writeFileSync(join(folder, `${n}`), '');
  const spool = new SpoolFolder(folder, 1000, Date.now);
  const look = () => spool.look(() => false);
  const first = look();
  expect([first.names.length, first.hasMore]).toEqual([10_000, true]);
  const second = look();
  expect([second.names.length, second.hasMore]).toEqual([50, true]);
  expect(new Set([...first.names, ...second.names]).size).toBe(10_050);
  // another directory of the same name
  expect(look().hasMore).toBe(true);
  renameSync(folder, `${folder}-old`);
  rmSync(`${folder}-old`, { recursive: true });
  spool.close();
  expect(look).toThrow('ENOENT');
});
