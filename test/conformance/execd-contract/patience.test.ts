import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { newlines, saidLost } from './accounting.ts';
import { allTagged, line, lines, tagged, stageTest as test } from './context-stage.ts';

/** What takes seconds by its nature; side by side, so that all of it takes as long as the longest. */
describe('patience', () => {
  test.concurrent('ends in good order, and says what is lost, when the reader never takes the padding', async ({
    stage,
  }) => {
    const host = stage({ reading: 'never' });
    await host.write(lines(100));
    // Telegraf would send SIGTERM after 5 s and kill after 10 s.
    expect((await host.stop()).signal).not.toBe('SIGKILL');
    host.reader.start();
    await host.finished;
    expect(host.stdout.text.startsWith(allTagged(100))).toBe(true); // they were in the pipe: not lost
    expect(host.stderr.lines.join('\n')).not.toMatch(/lost/);
  });

  test.concurrent('that stops for 10 s stops the input, costs no memory, and gets every line', async ({ stage }) => {
    const host = stage();
    const total = 100_000; // 6 MB: a hundred times what the pipes hold
    await host.write(lines(1000));
    await host.stdout.line('rx=999i');
    const before = host.memory().now;

    host.reader.pause();
    const flood = host.flood((n) => line(n + 1000), total - 1000);
    await pass(10_000);
    expect(flood.written, 'lines taken while nobody reads').toBeLessThan(20_000);
    expect(host.memory().now - before).toBeLessThan(8 << 20);

    host.reader.start();
    expect(await flood.ended).toBeUndefined();
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(total));
    expect(host.stderr.lines.filter((text) => !text.startsWith('I! '))).toEqual([]);
  });

  test.concurrent('SIGTERM while the reader stands still is answered within 4 s, with the number of lines lost', async ({
    stage,
  }) => {
    const host = stage({ as: 'pipe', reading: 'never', keepStdin: true });
    const flood = host.flood(line);
    await flood.standsStill();
    const start = performance.now();
    host.signal('SIGTERM');
    const exit = await host.exited;
    const took = performance.now() - start;
    expect(exit).toEqual({ code: 1, signal: null });
    expect(took).toBeLessThan(4800);
    host.reader.start();
    await host.finished;
    const delivered = host.stdout.count;
    expect(saidLost(host)).toBeGreaterThan(0);
    expect(delivered + newlines(host.leftInStdin()) + saidLost(host)).toBe(flood.written);
  });

  test.concurrent('SIGTERM while the reader stands still for a moment loses nothing', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: 'never', keepStdin: true });
    const flood = host.flood(line);
    await flood.standsStill();
    host.signal('SIGTERM');
    host.reader.start();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(saidLost(host)).toBe(0);
    expect(host.stdout.count + newlines(host.leftInStdin())).toBe(flood.written);
  });

  test.concurrent('SIGINT without end of input ends it in the end, with everything delivered', async ({ stage }) => {
    const host = stage();
    await host.write(lines(10));
    await host.stdout.line('rx=9i');
    host.signal('SIGINT');
    expect((await host.finished).signal).toBeNull();
    expect(host.stdout.text).toBe(allTagged(10));
  });

  test.concurrent('a quote that is never closed does not silence a slow stream', async ({ stage }) => {
    const host = stage();
    const unclosed = 'm,host=node-1 s="open 1795259876000000000';
    await host.write(`${line(0)}${unclosed}\n`);
    await host.write(lines(3, 1));
    // 5 s after the last input it is read again from the newline behind the quote
    for (const n of [1, 2, 3]) expect(`${await host.stdout.line(`rx=${n}i`)}\n`).toBe(tagged(n));
    expect(host.stdout.lines).toContain(unclosed);
    await host.stderr.line(/^W! .*quote/i);
    await host.stop();
  });

  test.concurrent('SIGTERM after the reader took a little and stopped: the number of lines lost is exact', async ({
    stage,
  }) => {
    const host = stage({ as: 'pipe', reading: 'never', keepStdin: true });
    const flood = host.flood(line);
    await flood.standsStill();
    host.reader.start({ bytes: 5000, pauseMs: 1 });
    await host.stdout.atLeastBytes(40_000);
    host.reader.pause();
    await flood.standsStill();
    host.signal('SIGTERM');
    expect(await host.exited).toEqual({ code: 1, signal: null });
    host.reader.start();
    await host.finished;
    expect(host.stdout.count + newlines(host.leftInStdin()) + saidLost(host)).toBe(flood.written);
  });

  test.concurrent('SIGTERM comes again, and SIGINT before it: the same end, not later', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: 'never' });
    const flood = host.flood(line);
    await flood.standsStill();
    const start = performance.now();
    host.signal('SIGINT');
    host.signal('SIGTERM');
    host.signal('SIGTERM');
    expect(await host.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - start).toBeLessThan(4800);
    expect(saidLost(host)).toBeGreaterThan(0);
  });

  test.concurrent('the reader leaves after it stood still: ends quietly', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: 'never' });
    const flood = host.flood(line);
    await flood.standsStill();
    host.reader.leave();
    expect(await host.exited).toEqual({ code: 0, signal: null });
    expect(await flood.ended).toMatchObject({ code: 'EPIPE' });
    await host.finished;
    expect(host.stderr.text).not.toMatch(/EPIPE| {4}at /);
  });

  test.concurrent('end of input while the reader stands still: in a pipe it waits for the reader', async ({
    stage,
  }) => {
    const host = stage({ as: 'pipe', reading: 'never' });
    const flood = host.flood(line, 1500); // more than one pipe holds, less than two
    expect(await flood.ended).toBeUndefined();
    host.closeStdin();
    await pass(6000);
    host.reader.start();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(flood.written));
  });

  test.concurrent('an idle plugin costs no CPU', async ({ stage }) => {
    const host = stage();
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    const before = host.cpuSeconds();
    await pass(4000);
    expect(host.cpuSeconds() - before).toBeLessThan(0.06);
    await host.stop();
  });
});
