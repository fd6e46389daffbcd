import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';
import { buildTestProgram } from '../../support/test-program.ts';

const program = await buildTestProgram();

const CHAIN = '[[inputs.sending_input]]\n[[outputs.protocol_output]]\n';

describe('an output with a protocol of its own on stdout', () => {
  test.for(['collectd', 'pipe', 'telegraf'])('gets nothing else into it: host %s', async (as, { start, file }) => {
    const config = file('chain.conf', CHAIN);
    const host = start({ command: program('chain', '--config', config, '--lines', '3', '--host', as) });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.raw).toBe(`${[0, 1, 2].map((n) => `PUT sent,from=loop n=${n}i 1\n`).join('')}PUT the end\n`);
    expect(host.stderr.raw).toContain('[protocol_output] Of 3 lines, waited false');
  });

  test('is held back by a slow reader, and the last bytes arrive', async ({ start, file }) => {
    const config = file('chain.conf', CHAIN);
    const host = start({
      command: program('chain', '--config', config, '--lines', '200000', '--host', 'collectd'),
      reading: { bytes: 4096, pauseMs: 0.1 },
      keep: 'count',
    });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.newlines).toBe(200_001);
    expect(host.stderr.raw).toContain('Sent 200000, waited true');
    expect(host.stderr.raw).toContain('Of 200000 lines, waited true');
  });

  test('ends quietly when the reader leaves', async ({ start, file }) => {
    const config = file('chain.conf', CHAIN.replace('\n', '\n  ends = false\n'));
    const host = start({
      command: program('chain', '--config', config, '--lines', '10000000', '--host', 'collectd', '--quiet'),
      keep: 'count',
    });
    await host.stdout.atLeast(1000);
    host.reader.leave();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stderr.raw).toBe('');
  });

  test('ends in time at SIGTERM while the reader stands still, and says what is lost', async ({ start, file }) => {
    const config = file('chain.conf', CHAIN.replace('\n', '\n  ends = false\n'));
    const host = start({
      command: program('chain', '--config', config, '--lines', '10000000', '--host', 'collectd'),
      reading: 'never',
    });
    await pass(1000); // far more than enough to fill the pipe
    const begin = performance.now();
    host.signal('SIGTERM');
    expect(await host.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - begin).toBeLessThan(4800);
    host.reader.leave();
    await host.finished;
    expect(host.stderr.raw).toMatch(/ [1-9]\d* lines are lost/);
  });
});

describe('under collectd', () => {
  test('a process whose parent has gone ends as at SIGTERM, though nothing is ever written', async ({ file }) => {
    const config = file('chain.conf', CHAIN.replace('\n', '\n  ends = false\n'));
    const words = program('chain', '--config', config, '--host', 'collectd').map((word) => `'${word}'`);
    const parent = spawn('sh', ['-c', `${words.join(' ')} & echo $!; wait`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = createInterface(parent.stdout);
    const pid = Number(((await once(lines, 'line')) as [string])[0]);
    await once(parent.stderr, 'data'); // it says what it has sent: it runs
    const output: string[] = [];
    lines.on('line', (line) => output.push(line));
    parent.kill('SIGKILL');
    await once(lines, 'close'); // the child held the other end
    expect(output).toEqual(['PUT the end']);
    await gone(pid);
  });
});

/** Waits until the process has gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pass(10);
  }
}
