import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuthFile } from '../../../shared/collectd-protocol/auth-file.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

/** A file system whose clock stands still: two writes within one tick have one time. */
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const coarse = (stats: object) => Object.assign(stats, { mtimeNs: 0n, ctimeNs: 0n });
  return {
    ...fs,
    statSync: (path: string) => coarse(fs.statSync(path, { bigint: true })),
    fstatSync: (fd: number) => coarse(fs.fstatSync(fd, { bigint: true })),
  };
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auth-file-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('what was written just now is read again, since the next write may have the same time', () => {
  const path = join(folder, 'auth');
  writeFileSync(path, 'alice: one\n', { mode: 0o640 });
  let now = Number(statSync(path).mtimeMs);
  const file = new AuthFile({ path, now: () => now, onProblem: () => {} });
  const password = () => file.passwordOf(toByteString('alice'))?.toString();
  writeFileSync(path, 'alice: two\n');
  now += 1000;
  expect(password()).toBe('two');
  // by now the file is old enough to be believed
  now += 10_000;
  password();
  writeFileSync(path, 'alice: six\n');
  now += 1000;
  expect(password()).toBe('two');
});
