import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest as test } from '../../support/process-test.ts';
import { execdTable, requireTelegraf, Telegraf } from '../../support/telegraf.ts';

const { path: binary = '', missing } = await requireTelegraf();

/** A gather writes one `mem` metric. */
const gathers = (telegraf: Telegraf) => telegraf.metrics.lines.filter((metric) => metric.startsWith('mem,')).length;
const nextGather = (telegraf: Telegraf) => telegraf.metrics.line(/^mem,/, telegraf.metrics.count);

describe.skipIf(missing)('inputs.execd with host_metrics', () => {
  const CONFIG = '[[inputs.host_metrics]]\n';
  /** Telegraf signals at full seconds, and a signal that comes before Node has its handlers kills it. */
  const fullSecond = () => new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));

  test('signal = "none": on its own schedule', async ({ start, file }) => {
    const command = crosslayer(
      'host-metrics',
      '--config',
      file('host.conf', CONFIG),
      '--host',
      'telegraf',
      '-poll_interval',
      '50ms',
    );
    const telegraf = new Telegraf(
      binary,
      { start, file },
      { tables: execdTable('inputs', command, '  signal = "none"\n') },
    );
    for (let n = 0; n < 3; n++) await nextGather(telegraf);
    expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
    expect(telegraf.complaints).toEqual([]);
    expect(telegraf.metrics.lines.some((metric) => metric.startsWith('cpu,'))).toBe(true);
  });

  for (const signal of ['STDIN', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']) {
    test.concurrent(`signal = "${signal}": at each interval of Telegraf`, async ({ start, file }) => {
      const command = crosslayer(
        'host-metrics',
        '--config',
        file('host.conf', CONFIG),
        '--host',
        'telegraf',
        '-poll_interval_disabled',
      );
      const tables = execdTable('inputs', command, `  signal = "${signal}"\n`);
      await fullSecond();
      const telegraf = new Telegraf(binary, { start, file }, { tables });
      for (let n = 0; n < 3; n++) await nextGather(telegraf);
      const pids = telegraf.children('host-metrics');
      expect(pids).toHaveLength(1);
      expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
      expect(gathers(telegraf)).toBeGreaterThanOrEqual(3);
      // One process from the first to the last: no signal has killed it, none has opened the inspector.
      expect(telegraf.log.text.match(/Starting process/g)).toHaveLength(1);
      expect(telegraf.complaints).toEqual([]);
    });
  }

  test('--test prints one gather and ends at once', async ({ start, file }) => {
    const command = crosslayer(
      'host-metrics',
      '--config',
      file('host.conf', CONFIG),
      '--host',
      'telegraf',
      '-poll_interval_disabled',
    );
    const tables = execdTable('inputs', command, '  signal = "STDIN"\n');
    const telegraf = new Telegraf(binary, { start, file }, { tables, args: ['--test'] });
    expect((await telegraf.host.finished).code).toBe(0);
    expect(telegraf.metrics.lines.filter((metric) => metric.startsWith('> mem,'))).toHaveLength(1);
  });
});
