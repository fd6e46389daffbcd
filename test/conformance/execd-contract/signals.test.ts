import { describe, expect } from 'vitest';
import type { ExecdHost } from '../../support/execd-host.ts';
import { allTagged, line, lines, stageTest as test } from './context-stage.ts';

/** A service manager sends SIGTERM; Ctrl-C sends SIGINT to the whole group, before end of input. */
describe('signals', () => {
  const newlines = (bytes: Buffer) => bytes.filter((byte) => byte === 10).length;
  /** The number that the plugin says it lost; 0 when it says nothing. */
  const saidLost = (host: ExecdHost) =>
    host.stderr.lines
      .map((text) => /(\d+) lines? (?:is|are|was|were) lost|lost (\d+) lines?/i.exec(text))
      .reduce((sum, found) => sum + Number(found?.[1] ?? found?.[2] ?? 0), 0);

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
    let written = 0;
    let stopped = false;
    const flood = (async () => {
      while (!stopped) {
        await host.write(line(written));
        written++;
      }
    })();
    await host.stdout.atLeast(20_000);
    host.signal('SIGTERM');
    const exit = await host.exited;
    stopped = true;
    await Promise.race([flood, host.finished]);
    await host.finished;
    expect(exit).toEqual({ code: 0, signal: null });
    const delivered = host.stdout.count;
    expect(host.stdout.unfinished).toBe('');
    expect(host.stdout.text).toBe(allTagged(delivered));
    expect(delivered + newlines(host.leftInStdin()) + saidLost(host)).toBe(written);
  });

  test.concurrent('SIGTERM while the reader stands still is answered within 4 s, with the number of lines lost', async ({
    stage,
  }) => {
    const host = stage({ as: 'pipe', reading: 'never', keepStdin: true });
    let written = 0;
    const flood = (async () => {
      for (;;) {
        await host.write(line(written));
        written++;
      }
    })();
    await standsStill(() => written);
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
    expect(delivered + newlines(host.leftInStdin()) + saidLost(host)).toBe(written);
    flood.catch(() => {});
  });

  test.concurrent('SIGTERM while the reader stands still for a moment loses nothing', async ({ stage }) => {
    const host = stage({ as: 'pipe', reading: 'never', keepStdin: true });
    let written = 0;
    const flood = (async () => {
      for (;;) {
        await host.write(line(written));
        written++;
      }
    })();
    await standsStill(() => written);
    host.signal('SIGTERM');
    host.reader.start();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(saidLost(host)).toBe(0);
    expect(host.stdout.count + newlines(host.leftInStdin())).toBeGreaterThanOrEqual(written);
    flood.catch(() => {});
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

  test.concurrent('SIGINT without end of input ends it in the end, with everything delivered', async ({ stage }) => {
    const host = stage();
    await host.write(lines(10));
    await host.stdout.line('rx=9i');
    host.signal('SIGINT');
    expect((await host.finished).signal).toBeNull();
    expect(host.stdout.text).toBe(allTagged(10));
  });
});

/** Resolves when a number has not grown through many turns of the event loop: the pipes are full. */
async function standsStill(count: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 50; last = count()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    same = count() === last ? same + 1 : 0;
  }
}
