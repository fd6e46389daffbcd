import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openQuarantine, type Quarantine } from '../../../shared/plugin/quarantine.ts';

let folder: string;
let path: string;
let quarantine: Quarantine | undefined;
let reasons: string[];

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'crosslayer-quarantine-'));
  path = join(folder, 'bad.lp');
  reasons = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  quarantine?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function open(maxBytes: number, file = path): Quarantine {
  quarantine?.close();
  quarantine = openQuarantine(file, maxBytes, (reason) => reasons.push(reason));
  return quarantine;
}
const bytes = (text: string) => Buffer.from(text, 'latin1');
const content = (file = path) => fs.readFileSync(file, 'latin1');

test('appends records as they are, also to what an earlier run left', () => {
  expect(open(4096).keep(bytes('m f=\xff\n'))).toBe(true);
  expect(open(4096).keep(bytes('n f=x\n'))).toBe(true);
  expect(content()).toBe('m f=\xff\nn f=x\n');
  expect(reasons).toEqual([]);
});

test('is made when the first record comes, readable for owner and group', () => {
  const kept = open(4096);
  expect(fs.existsSync(path)).toBe(false);
  kept.keep(bytes('m f=x\n'));
  expect(fs.statSync(path).mode & 0o077 & ~0o040).toBe(0);
});

test('never grows over its size; one full file stays beside it', () => {
  const kept = open(100);
  const record = (n: number) => `m f=${n}x`.padEnd(29, '_').concat('\n');
  for (let n = 0; n < 10; n++) {
    expect(kept.keep(bytes(record(n)))).toBe(true);
    expect(fs.statSync(path).size).toBeLessThanOrEqual(100);
  }
  // three fit in one
  expect(content()).toBe(record(9));
  expect(content(`${path}.1`)).toBe(record(6) + record(7) + record(8));
  expect(fs.readdirSync(folder).sort()).toEqual(['bad.lp', 'bad.lp.1']);
});

test('counts what an earlier run left', () => {
  fs.writeFileSync(path, 'x'.repeat(95));
  open(100).keep(bytes('m f=xx\n'));
  expect(content()).toBe('m f=xx\n');
  expect(content(`${path}.1`)).toBe('x'.repeat(95));
});

test('does not take a record that is larger than all of it', () => {
  const kept = open(100);
  kept.keep(bytes('m f=x\n'));
  expect(kept.keep(Buffer.alloc(101, 'x'))).toBe(false);
  expect(reasons).toEqual(['it is longer than 100 bytes']);
  expect(content()).toBe('m f=x\n');
  expect(fs.existsSync(`${path}.1`)).toBe(false);
});

test('that cannot be written says why each time, and takes records as soon as it can', () => {
  const file = join(folder, 'missing', 'bad.lp');
  const kept = open(4096, file);
  for (let n = 0; n < 2; n++) expect(kept.keep(bytes('m f=x\n'))).toBe(false);
  expect(reasons).toHaveLength(2);
  expect(reasons[0]).toMatch(/ENOENT/);
  fs.mkdirSync(join(folder, 'missing'));
  expect(kept.keep(bytes('n f=x\n'))).toBe(true);
  expect(content(file)).toBe('n f=x\n');
});

test('that cannot be renamed keeps what it has, and goes on once it can', () => {
  const kept = open(10);
  kept.keep(bytes('m f=x\n'));
  fs.mkdirSync(`${path}.1`);
  fs.writeFileSync(`${path}.1/in-the-way`, '');
  expect(kept.keep(bytes('n f=x\n'))).toBe(false);
  expect(content()).toBe('m f=x\n');
  fs.rmSync(`${path}.1`, { recursive: true });
  expect(kept.keep(bytes('n f=x\n'))).toBe(true);
  expect(content()).toBe('n f=x\n');
  expect(content(`${path}.1`)).toBe('m f=x\n');
});

test('on a full disk: no half record, and none is joined to the next', () => {
  const kept = open(4096);
  kept.keep(bytes('m f=x\n'));
  const { writeSync } = fs;
  const write = vi.spyOn(fs, 'writeSync');
  write.mockImplementationOnce((fd, data) => writeSync(fd, (data as unknown as Buffer).subarray(0, 3)));
  write.mockImplementationOnce(() => {
    throw new Error('ENOSPC: no space left on device, write');
  });
  syncBuiltinESMExports();
  expect(kept.keep(bytes('n f=x\n'))).toBe(false);
  expect(content()).toBe('m f=x\n');
  write.mockRestore();
  syncBuiltinESMExports();
  expect(kept.keep(bytes('o f=x\n'))).toBe(true);
  expect(content()).toBe('m f=x\no f=x\n');
  expect(reasons).toEqual(['ENOSPC: no space left on device, write']);
});

test('a write that takes only a part is gone on with', () => {
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation((fd, data, at) =>
    writeSync(fd, (data as unknown as Buffer).subarray((at as number) ?? 0).subarray(0, 2)),
  );
  syncBuiltinESMExports();
  expect(open(4096).keep(bytes('m f=x\n'))).toBe(true);
  expect(content()).toBe('m f=x\n');
});

test('that is closed is opened again when another record comes', () => {
  const kept = open(4096);
  kept.keep(bytes('m f=x\n'));
  kept.close();
  kept.close();
  expect(kept.keep(bytes('n f=x\n'))).toBe(true);
  expect(content()).toBe('m f=x\nn f=x\n');
});
