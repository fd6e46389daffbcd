import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { LineFile, type LineFileOptions } from '../../../examples/write-a-plugin/append_file/line-file.ts';

/** The first of these letters is enough to tell lines apart; each has ten bytes. */
const line = (letter: string) => `${letter} v=1 123\n`;
const bytes = (letters: string) => Buffer.from([...letters].map(line).join(''));

const test = base.extend<{
  path: string;
  open: (options?: Partial<LineFileOptions>) => LineFile;
  told: string[];
  letters: (suffix?: string) => string;
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here
  path: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'crosslayer-append-'));
    await use(join(folder, 'out.lp'));
    rmSync(folder, { recursive: true });
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here
  told: async ({}, use) => {
    await use([]);
  },
  open: async ({ path, told }, use) => {
    const files: LineFile[] = [];
    await use((options = {}) => {
      const file = new LineFile({
        path,
        maxBytes: Number.POSITIVE_INFINITY,
        rotated: () => told.push('rotated'),
        torn: () => told.push('torn'),
        ...options,
      });
      files.push(file);
      return file;
    });
    for (const file of files) await file.close();
  },
  letters: async ({ path }, use) => {
    await use((suffix = '') => readFileSync(path + suffix, 'latin1').replace(/^(.).*\n/gm, '$1'));
  },
});

describe('a file of lines', () => {
  test('is made, and goes on where it ended', async ({ open, letters, told }) => {
    await open().append(bytes('ab'));
    await open().append(bytes('c'));
    expect(letters()).toBe('abc');
    expect(told).toEqual([]);
  });

  test('that ends within a line gets the newline that is missing', async ({ open, path, told }) => {
    writeFileSync(path, 'a v=1 123\nb v=1');
    const file = open();
    await file.append(bytes('c'));
    await file.append(bytes('d'));
    expect(readFileSync(path, 'latin1')).toBe('a v=1 123\nb v=1\nc v=1 123\nd v=1 123\n');
    expect(told).toEqual(['torn']);
  });

  test('keeps bytes that are no UTF-8', async ({ open, path }) => {
    const odd = Buffer.from('m,t=\xff\x00\xc3 v="\xfe\n" 1\n', 'latin1');
    await open().append(odd);
    expect(readFileSync(path).equals(odd)).toBe(true);
  });
});

describe('with a limit', () => {
  test('a batch that fits exactly stays, the next one begins anew', async ({ open, letters, told }) => {
    const file = open({ maxBytes: 30 });
    await file.append(bytes('ab'));
    await file.append(bytes('c'));
    expect(told).toEqual([]);
    await file.append(bytes('d'));
    expect([letters('.1'), letters()]).toEqual(['abc', 'd']);
    expect(told).toEqual(['rotated']);
  });

  test('what was there before counts', async ({ open, path, letters }) => {
    writeFileSync(path, bytes('abc'));
    await open({ maxBytes: 30 }).append(bytes('d'));
    expect([letters('.1'), letters()]).toEqual(['abc', 'd']);
  });

  test('one old file is kept', async ({ open, path, letters }) => {
    const file = open({ maxBytes: 20 });
    for (const letter of 'abcdefg') await file.append(bytes(letter));
    expect([letters('.1'), letters()]).toEqual(['ef', 'g']);
    expect(readdirSync(join(path, '..')).sort()).toEqual(['out.lp', 'out.lp.1']);
  });

  test('a batch is never split', async ({ open, letters }) => {
    const file = open({ maxBytes: 20 });
    await file.append(bytes('abcd'));
    expect(letters()).toBe('abcd');
    await file.append(bytes('efgh'));
    expect([letters('.1'), letters()]).toEqual(['abcd', 'efgh']);
  });

  test('an old file that cannot be replaced fails the batch and leaves the file', async ({ open, path, letters }) => {
    const file = open({ maxBytes: 10, path });
    await file.append(bytes('a'));
    // a folder that is not empty cannot be replaced by a file, whoever asks
    mkdirSync(join(`${path}.1`, 'full'), { recursive: true });
    await expect(file.append(bytes('b'))).rejects.toThrow(/rename/);
    expect(letters()).toBe('a');
    rmSync(`${path}.1`, { recursive: true });
    await file.append(bytes('c'));
    expect([letters('.1'), letters()]).toEqual(['a', 'c']);
  });
});

describe('while somebody else handles the file', () => {
  test('renamed: the next batch begins a new one', async ({ open, path, letters }) => {
    const file = open();
    await file.append(bytes('a'));
    renameSync(path, `${path}-20260101`);
    await file.append(bytes('b'));
    expect([letters('-20260101'), letters()]).toEqual(['a', 'b']);
  });

  test('replaced by another: that one is taken, with its size', async ({ open, path, letters }) => {
    const file = open({ maxBytes: 30 });
    await file.append(bytes('a'));
    writeFileSync(`${path}.new`, bytes('xyz'));
    renameSync(`${path}.new`, path);
    await file.append(bytes('b'));
    expect([letters('.1'), letters()]).toEqual(['xyz', 'b']);
  });

  test('removed: the next batch makes it again', async ({ open, path, letters }) => {
    const file = open();
    await file.append(bytes('a'));
    rmSync(path);
    await file.append(bytes('b'));
    expect(letters()).toBe('b');
  });
});

describe('what is no file', () => {
  test('is refused and left alone', async ({ open, path }) => {
    await expect(open({ path: '/dev/null', maxBytes: 1 }).open()).rejects.toThrow('/dev/null: this is no regular file');
    expect(existsSync('/dev/null.1')).toBe(false);
    await expect(open({ path: join(path, '..') }).open()).rejects.toThrow(/EISDIR|directory/);
    await expect(open({ path: `${path}/absent/x` }).open()).rejects.toThrow(/ENOENT/);
  });

  test('fails a batch, and the next one is written when the file can be', async ({ open, path }) => {
    const folder = join(path, '..', 'later');
    const file = open({ path: join(folder, 'out.lp') });
    await expect(file.append(bytes('a'))).rejects.toThrow(/ENOENT/);
    mkdirSync(folder);
    await file.append(bytes('b'));
    expect(readFileSync(join(folder, 'out.lp'), 'latin1')).toBe(line('b'));
  });
});
