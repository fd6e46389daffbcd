import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const cache = mkdtempSync(join(tmpdir(), 'crosslayer-cache-'));
afterEach(() => rmSync(cache, { recursive: true, force: true }));

test('the nightly run in small: two processes, a chain, twice, broken lines, broken datagrams', {
  timeout: 120_000,
}, async () => {
  const words = [
    'shared/build/run.mjs',
    'test/bench/nightly.ts',
    '--only',
    'replay,fuzz,datagrams',
    '--lines',
    '30000',
    '--mutations',
    '1000',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  expect(stdout.split('\n').filter((line) => line.startsWith('FAILS'))).toEqual([]);
  expect(stdout.match(/^holds/gm)).toHaveLength(15);
});
