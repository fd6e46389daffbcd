import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost, ExecdOptions } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';

/** `processTest`, with `input` that starts the example input. */
const test = processTest.extend<{
  input: (options?: Partial<ExecdOptions> & { args?: string[]; as?: string }) => ExecdHost;
}>({
  input: async ({ file, start }, use) => {
    await use(({ args = ['--poll_interval_disabled'], as = 'telegraf', ...options } = {}) => {
      const config = file('host-metrics.conf', '[[inputs.host_metrics]]\n');
      return start({ command: crosslayer('host-metrics', '--config', config, '--host', as, ...args), ...options });
    });
  },
});

/** Gathers so far: each writes one line of `mem`. */
const gathers = (host: ExecdHost) =>
  host.stdout.lines.filter((line) => line.startsWith('mem,') || line.startsWith('mem ')).length;
const nextGather = (host: ExecdHost) => host.stdout.line(/^mem[ ,]/, host.stdout.count);

describe('inputs.execd', () => {
  test('signal = "STDIN": a newline gathers at once', async ({ input }) => {
    const host = input();
    for (let n = 1; n <= 3; n++) {
      const gather = nextGather(host);
      await host.write('\n');
      await gather;
    }
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(gathers(host)).toBe(3);
    expect(host.stderr.lines).toEqual([]);
  });

  for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
    test(`signal = "${signal}": gathers at once and lives on`, async ({ input }) => {
      const host = input();
      const first = nextGather(host);
      await host.write('\n'); // shows that it is up
      await first;
      for (let n = 0; n < 3; n++) {
        const gather = nextGather(host);
        host.signal(signal);
        await gather;
      }
      expect(await host.stop()).toEqual({ code: 0, signal: null });
      await host.finished;
      expect(host.stderr.lines).toEqual([]);
    });
  }

  test('signal = "none": gathers by itself until stdin ends', async ({ input }) => {
    const host = input({ args: ['-poll_interval', '10ms'] });
    await host.stdout.atLeast(50);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(gathers(host)).toBeGreaterThan(1);
  });

  test('of many triggers at once one is kept waiting at most', async ({ input }) => {
    const host = input();
    await host.write('\n'.repeat(1000));
    await host.stdout.line(/^mem[ ,]/);
    await host.stop();
    await host.finished;
    expect(gathers(host)).toBeGreaterThanOrEqual(1);
    expect(gathers(host)).toBeLessThanOrEqual(2);
  });

  test('-poll_interval_disabled leaves triggers only', async ({ input }) => {
    const host = input();
    const gather = nextGather(host);
    await host.write('\n');
    await gather;
    await host.stop();
    await host.finished;
    expect(gathers(host)).toBe(1);
  });

  test('what was gathered last survives a slow reader and the end, by padding', async ({ input }) => {
    const host = input({ reading: { bytes: 512, pauseMs: 1 }, afterExit: 'closes' });
    await host.write('\n');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(host.stdout.blankLines).toBeGreaterThan(0);
    expect(host.stdout.unfinished).toBe('');
  });

  test('a trigger that came just before the end is answered', async ({ input }) => {
    const host = input();
    await host.write('\n');
    host.closeStdin();
    await host.finished;
    expect(gathers(host)).toBe(1);
    expect(host.stdout.blankLines).toBe(65_536);
  });

  test('in a pipe stdin is not looked at; a reader that leaves ends it', async ({ input }) => {
    const host = input({ as: 'pipe', args: ['-poll_interval', '10ms'] });
    host.closeStdin();
    await host.stdout.atLeast(50);
    host.reader.leave();
    expect(await host.exited).toEqual({ code: 0, signal: null });
  });

  test('in a pipe SIGTERM and SIGINT end it', async ({ input }) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const host = input({ as: 'pipe', args: ['-poll_interval', '10ms'] });
      await host.stdout.atLeast(10);
      host.signal(signal);
      expect(await host.finished).toEqual({ code: 0, signal: null });
      expect(host.stdout.unfinished).toBe('');
    }
  });

  test('under collectd stdin is never read; SIGTERM ends it, without padding', async ({ input }) => {
    const host = input({ as: 'collectd', args: ['-poll_interval', '10ms'] });
    host.closeStdin();
    await host.stdout.atLeast(50);
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.blankLines).toBe(0);
    expect(host.stdout.unfinished).toBe('');
  });
});
