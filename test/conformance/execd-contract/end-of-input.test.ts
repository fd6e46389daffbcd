import { describe, expect } from 'vitest';
import { allTagged, line, lines, tagged, stageTest as test } from './context-stage.ts';

/** Telegraf stops a plugin by closing its stdin; a shell pipe ends in the same way. */
describe('end of input', () => {
  test('delivers everything and ends by itself', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    await host.write(lines(50_000));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(50_000));
    expect(host.stderr.lines).toEqual([]);
  });

  test('without any line ends quietly', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.bytes).toBe(0);
    expect(host.stderr.lines).toEqual([]);
  });

  test('a last line without newline gets one', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    await host.write(lines(1) + line(1).trimEnd());
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(allTagged(2));
  });

  test('one byte at a time gives the same', async ({ stage }) => {
    const host = stage({ as: 'pipe' });
    for (const byte of Buffer.from(lines(100))) await host.write(Uint8Array.of(byte));
    host.closeStdin();
    await host.finished;
    expect(host.stdout.text).toBe(allTagged(100));
  });

  test('a line is passed on at once, without waiting for the next', async ({ stage }) => {
    const host = stage();
    for (let n = 0; n < 5; n++) {
      await host.write(line(n));
      expect(`${await host.stdout.line(`rx=${n}i`)}\n`).toBe(tagged(n));
    }
    await host.stop();
  });

  test('under Telegraf 65,536 newlines push the last line through the pipe', async ({ stage }) => {
    const host = stage({ reading: { bytes: 4096, pauseMs: 1 }, afterExit: 'closes' });
    await host.write(lines(4000));
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(4000));
    // The last of them may still have been in the pipe when the host closed it.
    expect(host.stdout.blankLines).toBeGreaterThan(0);
  });

  test('the padding has exactly the size of a pipe, and only Telegraf gets it', async ({ stage }) => {
    const padding = async (as: 'telegraf' | 'pipe' | 'collectd') => {
      const host = stage({ as });
      await host.write(lines(10));
      host.closeStdin();
      await host.finished;
      return host.stdout.blankLines;
    };
    expect(await padding('telegraf')).toBe(65_536);
    expect(await padding('pipe')).toBe(0);
    expect(await padding('collectd')).toBe(0);
  });
});
