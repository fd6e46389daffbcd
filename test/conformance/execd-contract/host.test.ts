import { readFileSync, readlinkSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';

/** The host stands in for Telegraf in all other tests of this folder, so it is held to what was seen there. */
describe('the stand-in for Telegraf', () => {
  const node = (script: string) => [process.execPath, '-e', script];
  /** 4,000 lines, 190 KB: three times what a pipe holds. */
  const burst = `const all = Array.from({ length: 4000 }, (_, i) => 'burst,host=node-1,n=' + i + ' value=' + i + 'i 1795259876000000000\\n').join('');`;

  test('gives three blocking pipes', async ({ start }) => {
    const host = start({ command: ['cat'] });
    const flags = [0, 1, 2].map((fd) => readFileSync(`/proc/${host.pid}/fdinfo/${fd}`, 'utf8'));
    for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${host.pid}/fd/${fd}`)).toContain('crosslayer-pipes-');
    for (const text of flags) {
      const octal = /^flags:\s+(\d+)/m.exec(text)?.[1] ?? '';
      expect(Number.parseInt(octal, 8) & 0o4000, 'O_NONBLOCK').toBe(0);
    }
    await host.stop();
  });

  test('opens /dev/stdin as a pipe can be opened', async ({ start }) => {
    const host = start({ command: ['sh', '-c', 'cat /dev/stdin'] });
    await host.write('a v=1\n');
    await host.stdout.line('a v=1');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
  });

  test('delivers in order what a child echoes, however much it is', async ({ start }) => {
    const host = start({ command: ['cat'] });
    const metrics = Array.from({ length: 20_000 }, (_, i) => `m,i=${i} v=${i}i\n`);
    await host.writeEach(metrics);
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(metrics.join(''));
  });

  test('stops with end of input, then SIGTERM, then SIGKILL', async ({ start }) => {
    const check = async (script: string, expected: object) => {
      const host = start({ command: ['sh', '-c', script], patienceMs: 150 });
      await host.stderr.line('ready');
      expect(await host.stop()).toEqual(expected);
    };
    await check('echo ready >&2; cat', { code: 0, signal: null });
    await check('echo ready >&2; cat; exit 3', { code: 3, signal: null });
    await check('echo ready >&2; exec tail -f /dev/null', { code: null, signal: 'SIGTERM' });
    await check('trap "" TERM; echo ready >&2; exec tail -f /dev/null', { code: null, signal: 'SIGKILL' });
  });

  test('loses what is in the pipe when the child has exited, as Telegraf does', async ({ start }) => {
    const slow = { bytes: 4096, pauseMs: 1 };
    const lossy = start({ command: node(`${burst} process.stdout.write(all)`), reading: slow, afterExit: 'closes' });
    await lossy.finished;
    expect(lossy.stdout.count).toBeLessThan(4000);

    const padded = `${burst} process.stdout.write(all + '\\n'.repeat(65536))`;
    const host = start({ command: node(padded), reading: slow, afterExit: 'closes' });
    await host.finished;
    expect(host.stdout.count).toBe(4000);
  });

  test('takes nothing out of the pipe before it is told to', async ({ start }) => {
    const host = start({
      command: node(`${burst} process.stderr.write('written\\n'); process.stdout.write(all)`),
      reading: 'never',
    });
    await host.stderr.line('written');
    expect(host.stdout.bytes).toBe(0);
    host.reader.start();
    await host.finished;
    expect(host.stdout.count).toBe(4000);
  });

  test('fails to write to a child that has left', async ({ start }) => {
    const host = start({ command: ['true'] });
    await host.exited;
    await expect(host.write('a v=1\n')).rejects.toThrow('EPIPE');
  });
});
