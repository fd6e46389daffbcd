import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';

const RELAY = fileURLToPath(new URL('../../../plugins/collectd_in/crosslayer-notify', import.meta.url));

/**
 * Runs the relay as collectd does: stdout and stderr are broken pipes, SIGPIPE is ignored. Gives the exit status.
 *
 * @param before words of the shell that starts it
 */
async function notify(args: readonly string[], text: string | Buffer, before = ''): Promise<number | null> {
  const relay = spawn('sh', ['-c', `trap "" PIPE; ${before} exec "$0" "$@"`, RELAY, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
  });
  relay.stdout.destroy();
  relay.stderr.destroy();
  relay.stdin.on('error', () => {});
  relay.stdin.end(text);
  return new Promise((resolve) => relay.on('exit', resolve));
}

const notification = (message: string, time = '1795244195.397') =>
  `Severity: FAILURE\nTime: ${time}\nHost: node-1\nPlugin: load\nType: load\n\n${message}\n`;

const visible = (folder: string) => readdirSync(folder).filter((name) => !name.startsWith('.'));

describe('crosslayer-notify', () => {
  test('puts what it gets into the directory, byte for byte, for owner and group', async ({ folder }) => {
    const texts = [
      notification('plain'),
      notification('several\nlines\n\nwith blanks  '),
      notification('back\\slash \\n %s $HOME `id` "q" \'q\''),
      Buffer.from('Severity: OKAY\nTime: 1795244195.397\nHost: \xff\xfe\xe4\n\nlatin \xfc\n', 'latin1'),
      notification('x'.repeat(255)),
    ];
    for (const text of texts) expect(await notify([folder], text)).toBe(0);
    const names = visible(folder);
    expect(names).toHaveLength(texts.length);
    const contents = new Set(names.map((name) => readFileSync(join(folder, name), 'latin1')));
    expect(contents).toEqual(new Set(texts.map((text) => Buffer.from(text).toString('latin1'))));
    for (const name of names) {
      expect(name).toMatch(/^1795244195\.397-\d+$/);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o660);
    }
    expect(readdirSync(folder)).toHaveLength(texts.length);
  });

  test('names are in the order of the times, and a forged time leads nowhere else', async ({ folder }) => {
    await notify([folder], notification('late', '1795244196.001'));
    await notify([folder], notification('early', '1795244195.999'));
    await notify([folder], notification('forged', '../../x'));
    await notify([folder], 'no time at all\n');
    const messages = visible(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').at(-1));
    expect(messages.slice(2)).toEqual(['early', 'late']);
    expect(messages.slice(0, 2).sort()).toEqual(['forged', 'no time at all']);
  });

  test('the last line may lack its newline', async ({ folder }) => {
    await notify([folder], 'Time: 1.000\n\nmessage');
    const [name = ''] = visible(folder);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('Time: 1.000\n\nmessage\n');
  });

  test('refuses what is too much and too long, and leaves a byte for each', async ({ folder }) => {
    for (let n = 0; n < 3; n++) expect(await notify([folder, '3'], notification(`${n}`))).toBe(0);
    for (let n = 0; n < 2; n++) expect(await notify([folder, '3'], notification('more'))).toBe(1);
    expect(await notify([folder], notification('x'.repeat(20_000)))).toBe(1);
    expect(visible(folder)).toHaveLength(3);
    expect(readFileSync(join(folder, '.refused'), 'utf8')).toBe('...');
    expect(readdirSync(folder)).toHaveLength(4);
  });

  test('what finds no room on the disk leaves a byte, and no half of it', async ({ folder }) => {
    // a file may have 4 KiB, and what is more fails as on a full disk
    const narrow = 'trap "" XFSZ; ulimit -f 8;';
    expect(await notify([folder], notification('x'.repeat(10_000)), narrow)).toBe(1);
    expect(readdirSync(folder)).toEqual(['.refused']);
    expect(readFileSync(join(folder, '.refused'), 'utf8')).toBe('.');
    expect(await notify([folder], notification('short'), narrow)).toBe(0);
    expect(visible(folder)).toHaveLength(1);
  });

  test('a pipe or a link in the place of the count neither keeps it waiting nor leads elsewhere', async ({
    folder,
  }) => {
    const long = notification('x'.repeat(20_000));
    execFileSync('mkfifo', [join(folder, '.refused')]);
    expect(await notify([folder], long)).toBe(1);
    rmSync(join(folder, '.refused'));
    symlinkSync('elsewhere', join(folder, '.refused'));
    expect(await notify([folder], long)).toBe(1);
    expect(readdirSync(folder)).toEqual(['.refused']);
  });

  test('is not kept from its work by odd directories', async ({ folder }) => {
    const odd = join(folder, 'a b*[c]\'"$x');
    mkdirSync(odd);
    expect(await notify([odd], notification('here'))).toBe(0);
    expect(visible(odd)).toHaveLength(1);
    expect(await notify([join(folder, 'none')], notification('lost'))).toBe(1);
    expect(await notify([], notification('lost'))).toBe(1);
    writeFileSync(join(folder, 'file'), '');
    expect(await notify([join(folder, 'file')], notification('lost'))).toBe(1);
    chmodSync(odd, 0o700);
  });
});
