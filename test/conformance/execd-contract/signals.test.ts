import { describe, expect } from 'vitest';
import { newlines, saidLost } from './accounting.ts';
import { allTagged, line, lines, stageTest as test } from './context-stage.ts';

/** A service manager sends SIGTERM; Ctrl-C sends SIGINT to the whole group, before end of input. */
describe('signals', () => {
  test('SIGTERM while idle ends it at once', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    await host.write(lines(10));
    await host.stdout.line('rx=9i');
    const start = performance.now();
    host.signal('SIGTERM');
    expect(await host.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('SIGTERM in full flow: every line is delivered, still in the pipe, or said to be lost', async ({ stage }) => {
    const host = stage({ as: 'pipe', keepStdin: true });
    const flood = host.flood(line);
    await host.stdout.atLeast(20_000);
    host.signal('SIGTERM');
    const exit = await host.exited;
    flood.stop();
    await host.finished;
    expect(exit).toEqual({ code: 0, signal: null });
    const delivered = host.stdout.count;
    expect(host.stdout.unfinished).toBe('');
    expect(host.stdout.text).toBe(allTagged(delivered));
    expect(delivered + newlines(host.leftInStdin()) + saidLost(host)).toBe(flood.written);
  });

  test('SIGINT waits for end of input', async ({ stage }) => {
    const host = stage();
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    host.signal('SIGINT');
    await host.write(line(1));
    await host.stdout.line('rx=1i');
    host.signal('SIGINT');
    await host.write(line(2));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.lines).toHaveLength(3);
  });

  test('SIGHUP, SIGUSR1 and SIGUSR2 mean nothing to a processor: it lives on, without a word', async ({ stage }) => {
    const host = stage();
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) host.signal(signal);
    await host.write(line(1));
    await host.stdout.line('rx=1i');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stderr.raw).toBe('');
  });

  test('before anything was read: it ends, whenever the signal comes', async ({ stage }) => {
    for (const delayMs of [0, 10, 20, 30, 40, 60, 80]) {
      const host = stage();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      host.signal('SIGTERM');
      const exit = await host.exited;
      expect(exit.code === 0 || exit.signal === 'SIGTERM').toBe(true); // Node itself may not be up yet
      await host.finished;
      expect(host.stderr.raw).toBe('');
    }
  });
});
