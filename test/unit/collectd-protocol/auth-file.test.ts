import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuthFile } from '../../../shared/collectd-protocol/auth-file.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

let folder: string;
let path: string;
let now: number;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auth-file-'));
  path = join(folder, 'auth');
  // far from the files' times, so that what is read counts as settled
  now = Date.now() + 60_000;
  told = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (options: { maxBytes?: number; maxUsers?: number } = {}) =>
  new AuthFile({ path, now: () => now, onProblem: (message) => told.push(message.replaceAll(folder, '')), ...options });
const write = (text: string, at = path) => writeFileSync(at, text, { mode: 0o640 });
const passwordIn = (file: AuthFile, user: string) => file.passwordOf(toByteString(user))?.toString('latin1');

test('changes are seen within a second, however the file was replaced', () => {
  write('alice: one\n');
  const file = open();
  expect(passwordIn(file, 'alice')).toBe('one');
  const check = (change: () => void, expected: string | undefined) => {
    const before = passwordIn(file, 'alice');
    change();
    now += 999;
    expect(passwordIn(file, 'alice')).toBe(before);
    now += 1;
    expect(passwordIn(file, 'alice')).toBe(expected);
  };
  // written in place
  check(() => write('alice: three\n'), 'three');
  // another inode, and the same size and time
  check(() => {
    const { atime, mtime } = statSync(path);
    write('alice: seven\n', `${path}.new`);
    utimesSync(`${path}.new`, atime, mtime);
    renameSync(`${path}.new`, path);
  }, 'seven');
  // the same size, and a time that only differs in its fraction of a second
  check(() => {
    write('alice: eight\n');
    utimesSync(path, 1_700_000_000, 1_700_000_000.25);
  }, 'eight');
  check(() => {
    write('alice: fifty\n');
    utimesSync(path, 1_700_000_000, 1_700_000_000.5);
  }, 'fifty');
  check(() => write('bob: one\n'), undefined);
  expect(told).toEqual([]);
});

test('a clock that is set back does not stop the looking', () => {
  write('alice: one\n');
  const file = open();
  now -= 3_600_000;
  write('alice: two\n');
  expect(passwordIn(file, 'alice')).toBe('two');
});

test('an unchanged password keeps its buffer, and a changed one gets another', () => {
  write('alice: one\nbob: 2\n');
  const file = open();
  const [alice, bob] = [file.passwordOf(toByteString('alice')), file.passwordOf(toByteString('bob'))];
  write('bob: two\nalice: one\ncarol: 3\n');
  now += 1000;
  expect(file.passwordOf(toByteString('alice'))).toBe(alice);
  expect(file.passwordOf(toByteString('bob'))).not.toBe(bob);
  expect(bob?.toString()).toBe('2');
  expect(file.size).toBe(3);
});

test('a file that vanished leaves its users in force, and is told of once', () => {
  write('alice: one\n');
  const file = open();
  rmSync(path);
  for (let i = 0; i < 3; i++) {
    now += 1000;
    expect(passwordIn(file, 'alice')).toBe('one');
  }
  expect(told).toEqual(['AuthFile "/auth" does not exist; what it said before stays in force']);
  write('alice: two\n');
  now += 1000;
  expect(passwordIn(file, 'alice')).toBe('two');
  rmSync(path);
  now += 1000;
  expect(passwordIn(file, 'alice')).toBe('two');
  expect(told).toHaveLength(2);
});

test('a file that becomes something else, or too large, leaves its users in force and says so', () => {
  const check = (change: () => void, expected: string) => {
    rmSync(path, { recursive: true, force: true });
    write('alice: one\n');
    const file = open({ maxBytes: 20 });
    told = [];
    rmSync(path);
    change();
    now += 1000;
    expect(passwordIn(file, 'alice')).toBe('one');
    expect(told).toEqual([`AuthFile "/auth" ${expected}; what it said before stays in force`]);
  };
  check(() => mkdirSync(path), 'is no file');
  check(() => spawnSync('mkfifo', [path]), 'is no file');
  check(() => write('bob: two\n'.repeat(9)), 'has 81 bytes, more than the limit of 20');
});

test('a file that comes later is found', () => {
  const file = open();
  expect(passwordIn(file, 'alice')).toBeUndefined();
  expect(told).toEqual(['AuthFile "/auth" does not exist']);
  write('alice: one\n');
  now += 1000;
  expect(passwordIn(file, 'alice')).toBe('one');
});

test('tells what is wrong with the file, once for each state of it', () => {
  const check = (change: () => void, expected: string[]) => {
    const before = told.length;
    change();
    const file = open();
    now += 1000;
    passwordIn(file, 'alice');
    expect(told.slice(before)).toEqual(expected.map((text) => `AuthFile "/auth" ${text}`));
  };
  check(() => write('alice: secret\n'), []);
  check(() => write('secret\n'), ['line 1: no colon between user and password']);
  check(
    () => write('x\n'.repeat(7)),
    [1, 2, 3, 4, 5].map((line) => `line ${line}: no colon between user and password`).concat('2 more lines are wrong'),
  );
  check(() => {
    write('alice: secret\n');
    chmodSync(path, 0o644);
  }, ['is open to every user of this system (mode 0644); 0640 would do']);
  check(() => chmodSync(path, 0o602), ['is open to every user of this system (mode 0602); 0640 would do']);
  check(() => chmodSync(path, 0o640), []);
  check(() => {
    rmSync(path);
    mkdirSync(path);
  }, ['is no file']);
  check(() => {
    rmSync(path, { recursive: true });
    spawnSync('mkfifo', [path]);
  }, ['is no file']);
  if (process.getuid?.() !== 0) {
    check(() => {
      rmSync(path);
      write('alice: secret\n');
      chmodSync(path, 0);
    }, ['cannot be read (EACCES)']);
  }
});

test('limits: bytes of the file, users', () => {
  write('alice: one\nbob: two\n');
  expect(open({ maxBytes: 20 }).size).toBe(2);
  expect(open({ maxUsers: 1 }).size).toBe(1);
  expect(told).toEqual(['AuthFile "/auth" line 2: more than 1 users']);
  const file = open({ maxBytes: 19 });
  expect(file.size).toBe(0);
  expect(told.slice(1)).toEqual(['AuthFile "/auth" has 20 bytes, more than the limit of 19']);
  // one that was good before keeps its users
  write('alice: one\n');
  now += 1000;
  expect(passwordIn(file, 'alice')).toBe('one');
  write('alice: two-and-something\n');
  now += 1000;
  expect(passwordIn(file, 'alice')).toBe('one');
});
