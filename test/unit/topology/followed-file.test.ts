import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileError, FollowedFile } from '../../../shared/topology/followed-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'followed-'));
  path = join(folder, 'file');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A clock far from the file's times, so that every read settles. */
const later = () => Date.now() + 60_000;
const text = (bytes: Buffer | undefined) => bytes && [bytes.toString('latin1', 0, bytes.length - 1), bytes.at(-1)];

test('gives the content once for every change, with a zero byte behind it', async () => {
  const file = new FollowedFile(path, 100, later);
  writeFileSync(path, 'one');
  expect(text(file.readSync())).toEqual(['one', 0]);
  expect(await file.readChanged()).toBeUndefined();
  writeFileSync(`${path}.new`, 'two');
  renameSync(`${path}.new`, path);
  expect(text(await file.readChanged())).toEqual(['two', 0]);
  expect(await file.readChanged()).toBeUndefined();
  // another inode with the same size and time
  writeFileSync(`${path}.new`, 'ten');
  utimesSync(path, 1, 1);
  await file.readChanged();
  utimesSync(`${path}.new`, 1, 1);
  renameSync(`${path}.new`, path);
  expect(text(await file.readChanged())).toEqual(['ten', 0]);
});

test('reads again what was written just now, since the next write may have the same time', async () => {
  const file = new FollowedFile(path, 100, Date.now);
  writeFileSync(path, 'one');
  expect(text(file.readSync())).toEqual(['one', 0]);
  expect(text(await file.readChanged())).toEqual(['one', 0]);
  // but not for ever, where the clock was set back
  utimesSync(path, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
  await file.readChanged();
  expect(await file.readChanged()).toBeUndefined();
});

test('tells what is wrong', async () => {
  const check = async (fault: string, wanted: RegExp, at = path, maxBytes = 100) => {
    const file = new FollowedFile(at, maxBytes, later);
    for (const read of [async () => file.readSync(), () => new FollowedFile(at, maxBytes, later).readChanged()]) {
      const error = await read().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FileError);
      expect(error).toMatchObject({ fault, message: expect.stringMatching(wanted) });
    }
  };
  await check('missing', /"\/.*\/file" does not exist/);
  await check('missing', /does not exist/, join(path, 'deeper'));
  await check('unreadable', /is no file/, folder);
  writeFileSync(path, 'x'.repeat(101));
  await check('too_large', /has 101 bytes, more than the limit of 100/);
  chmodSync(path, 0);
  if (process.getuid?.() !== 0) await check('unreadable', /cannot be read \(EACCES\)/);
});

test('written in place while it is read gives nothing, and is read again', async () => {
  writeFileSync(path, 'a'.repeat(1000));
  const file = new FollowedFile(path, 4096, later);
  // the room is asked for when the size is known and nothing is read yet
  const rewritten = (content: string) => (size: number) => {
    writeFileSync(path, content);
    return Buffer.alloc(size);
  };
  for (const content of ['b'.repeat(1000), 'c'.repeat(2000), 'd'.repeat(10)]) {
    expect(file.readSync(rewritten(content))).toBeUndefined();
    expect(await file.readChanged(rewritten(`${content}e`))).toBeUndefined();
    expect(text(await file.readChanged())).toEqual([`${content}e`, 0]);
  }
});

test('does not wait for the writer of a FIFO', async () => {
  spawnSync('mkfifo', [path]);
  const file = new FollowedFile(path, 100, later);
  expect(() => file.readSync()).toThrow(/is no file/);
  await expect(file.readChanged()).rejects.toThrow(/is no file/);
});
