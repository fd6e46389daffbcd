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
    const flood = host.flood(line);
    await host.stdout.atLeast(10_000);
    host.reader.leave();
    expect(await host.exited).toEqual({ code: 0, signal: null });
    expect(await flood.ended).toMatchObject({ code: 'EPIPE' });
  });

  test('that is slow gets every line', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: { bytes: 16_384, pauseMs: 1 } });
    for (let n = 0; n < 40_000; n += 1000) await host.write(lines(1000, n));
    host.closeStdin();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.text).toBe(allTagged(40_000));
  });

  test('that is killed together with the writer ends the plugin, idle or busy', async ({ stage }) => {
    const idle = stage();
    await idle.write(line(0));
    await idle.stdout.line('rx=0i');
    idle.vanish();
    expect((await idle.exited).signal).toBeNull();

    const busy = stage();
    busy.flood(line);
    await busy.stdout.atLeast(1000);
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
