import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest } from '../../support/process-test.ts';
import { saidLost } from './accounting.ts';
import { line, stageTest, tagged } from './context-stage.ts';

/** What takes seconds by its nature; side by side. */
describe('a reader that stands still', () => {
  stageTest.concurrent('for longer than an open string is waited for: the string is not cut', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: 'never', keep: 'count' });
    // three chunks each, so that whenever the reading stops a string is open, with a newline in it
    const string = `s="a\n${'x'.repeat(180_000)}"`;
    const flood = host.flood((n) => `net,host=node-1 ${string},n=${n}i 1\n`, 20);
    await flood.standsStill();
    await pass(8000); // the patience with an open string is 5 s
    host.reader.start();
    expect(await flood.ended).toBeUndefined();
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const record = (n: number) => `net,host=node-1,sfc=media_dash,sfc_i=media_dash_1 ${string},n=${n}i 1\n`;
    expect(host.stdout.bytes).toBe(10 * (record(0).length + record(10).length));
    expect(host.stderr.lines).toEqual([]);
  });

  processTest.concurrent(
    'does not keep an input from ending at SIGTERM, which says what is lost',
    async ({ file, start }) => {
      const config = file('input.conf', '[[inputs.host_metrics]]\n  interval = "10ms"\n');
      const command = crosslayer('host-metrics', '--config', config, '--host', 'telegraf');
      const host = start({ command, reading: { bytes: 4096, pauseMs: 1 } });
      await host.stdout.atLeast(1);
      host.reader.pause();
      await pass(3000); // more than enough to fill the pipe
      const begin = performance.now();
      host.signal('SIGTERM');
      expect(await host.exited).toEqual({ code: 1, signal: null });
      expect(performance.now() - begin).toBeLessThan(4800);
      host.reader.start();
      await host.finished;
      expect(saidLost(host)).toBeGreaterThan(0);
    },
  );
});

stageTest('the last statistics wait for a reader that is behind', async ({ stage }) => {
  const host = stage({ as: 'pipe', process: 'stats_interval = "1h"', reading: 'never' });
  // more than a pipe holds, less than stops the reading
  const lines = Array.from({ length: 1500 }, (_, n) => line(n)).join('');
  await host.write(lines);
  host.closeStdin();
  await pass(500);
  host.reader.start();
  expect(await host.finished).toEqual({ code: 0, signal: null });
  expect(host.stdout.lines.slice(0, 1500).join('\n')).toBe(
    Array.from({ length: 1500 }, (_, n) => tagged(n))
      .join('')
      .trimEnd(),
  );
  const statistics = host.stdout.lines.slice(1500);
  expect(statistics.map((text) => text.split(',')[0])).toEqual(['internal_crosslayer', 'internal_surrogate_context']);
  expect(statistics[0]).toContain('lines=1500i');
});

stageTest('statistics do not get into a record that is passed on in parts', async ({ stage }) => {
  const host = stage({ as: 'pipe', process: 'stats_interval = "5ms"\nmax_line_bytes = "64KiB"' });
  await host.write(line(0));
  await host.stdout.line('internal_crosslayer');
  const long = 'x'.repeat(400_000);
  await host.write(long);
  await host.stdout.atLeastBytes(300_000);
  await pass(100); // twenty times the interval
  await host.write(`\n${line(1)}`);
  await host.stdout.line('rx=1i');
  host.closeStdin();
  await host.finished;
  const others = host.stdout.lines.filter((text) => !text.startsWith('internal_'));
  expect(`${others.join('\n')}\n`).toBe(`${tagged(0)}${long}\n${tagged(1)}`);
});
