import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { MAX_SECRET_BYTES, readSecretFile } from '../../../shared/config/read-secret-file.ts';
import { fullPlugin } from '../../support/dummy-plugins.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosslayer-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

test('a file, a link to one, the longest', () => {
  writeFileSync(at('a'), 'geheim ü\n');
  symlinkSync(at('a'), at('link'));
  expect(readSecretFile(at('a'))).toBe('geheim ü\n');
  expect(readSecretFile(at('link'))).toBe('geheim ü\n');
  writeFileSync(at('long'), 'x'.repeat(MAX_SECRET_BYTES));
  expect(readSecretFile(at('long'))).toHaveLength(MAX_SECRET_BYTES);
  // the kernel says a length of 0
  expect(readSecretFile('/proc/self/comm')).not.toBe('');
});

test('what is too long, a named pipe, a directory, a device, nothing', () => {
  const check = (path: string, message: string) => expect(() => readSecretFile(path)).toThrow(message);
  writeFileSync(at('long'), 'x'.repeat(MAX_SECRET_BYTES + 1));
  check(at('long'), `"${at('long')}" has more than 65536 bytes, too many for a secret`);
  execFileSync('mkfifo', [at('fifo')]);
  check(at('fifo'), `"${at('fifo')}" is a named pipe and no regular file`);
  check(folder, `"${folder}" is a directory and no regular file`);
  check('/dev/zero', '"/dev/zero" is a device and no regular file');
  check(at('absent'), 'ENOENT');
});

test('a pipe that was open before is read to its end, and not waited for without end', () => {
  execFileSync('mkfifo', [at('fifo')]);
  // both ends, so that nobody waits
  const fd = openSync(at('fifo'), 'r+');
  try {
    writeFileSync(fd, 'secret');
    expect(() => readSecretFile(`/proc/self/fd/${fd}`, 100)).toThrow('is a pipe that nobody has ended in 0.1 s');
  } finally {
    closeSync(fd);
  }
});

test('a configuration that names a pipe is refused with its line', () => {
  execFileSync('mkfifo', [at('fifo')]);
  const catalogue = catalogueOf([fullPlugin]);
  const text = `[[processors.full_plugin]]\nendpoint = "e"\ntoken_file = "${at('fifo')}"\n`;
  try {
    readConfig(text, 'x.conf', { catalogue, environment: {} });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).lines).toEqual([
      `x.conf:3: option "token_file" names a file that cannot be read: "${at('fifo')}" is a named pipe and no regular file`,
    ]);
  }
});
