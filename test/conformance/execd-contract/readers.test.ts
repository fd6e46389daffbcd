import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { allTagged, line, lines, tagged, stageTest as test } from './context-stage.ts';

/** Whatever the reader of our stdout does: nothing is lost, and nothing is held in memory without bound. */
describe('a reader', () => {
  test('that leaves ends the plugin quietly', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    await host.write(line(0));
    await host.stdout.line('rx=0i');
    host.reader.leave();
    await host.write(line(1)).catch(() => {}); // it may have noticed already
    expect(await host.exited).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stderr.lines.filter((text) => text.startsWith('E! ') || text.includes('    at '))).toEqual([]);
  });

  test('that leaves in full flow ends the plugin quietly', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    const flood = (async () => {
      for (;;) await host.write(lines(1000));
    })();
    await host.stdout.atLeast(10_000);
    host.reader.leave();
    expect(await host.exited).toEqual({ code: 0, signal: null });
    await expect(flood).rejects.toThrow('EPIPE');
  });

  test('that is slow gets every line', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: { bytes: 16_384, pauseMs: 1 } });
    for (let n = 0; n < 40_000; n += 1000) await host.write(lines(1000, n));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(40_000));
  });

  test.concurrent('that stops for 10 s stops the input, costs no memory, and gets every line', async ({ stage }) => {
    const host = stage();
    const total = 100_000; // 6 MB: a hundred times what the pipes hold
    await host.write(lines(1000));
    await host.stdout.line('rx=999i');
    const before = host.memory().now;

    host.reader.pause();
    let written = 1000;
    const flood = (async () => {
      for (; written < total; written += 1000) await host.write(lines(1000, written));
    })();
    await pass(10_000);
    expect(written, 'lines taken while nobody reads').toBeLessThan(20_000);
    expect(host.memory().now - before).toBeLessThan(8 << 20);

    host.reader.start();
    await flood;
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(total));
    expect(host.stderr.lines.filter((text) => !text.startsWith('I! '))).toEqual([]);
  });

  test('that is killed together with the writer ends the plugin, idle or busy', async ({ stage }) => {
    const idle = stage();
    await idle.write(line(0));
    await idle.stdout.line('rx=0i');
    idle.vanish();
    expect((await idle.exited).signal).toBeNull();

    const busy = stage();
    let gone = false;
    const flood = (async () => {
      while (!gone) await busy.write(lines(100));
    })().catch(() => {});
    await busy.stdout.atLeast(1000);
    gone = true;
    await flood;
    busy.vanish();
    expect((await busy.exited).signal).toBeNull();
  });

  test('the last line is whole when the reader is slow and the input ends in the middle of one', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: { bytes: 100, pauseMs: 1 } });
    await host.write(lines(50) + line(50).trimEnd());
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text.endsWith(tagged(50))).toBe(true);
  });
});
