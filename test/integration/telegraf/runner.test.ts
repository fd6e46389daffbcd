import { describe, expect } from 'vitest';
import { processTest as test } from '../../support/process-test.ts';
import { execdTable, Feed, feedTable, replayTable, requireTelegraf, Telegraf } from '../../support/telegraf.ts';

const { path: binary = '', missing } = await requireTelegraf();

/** Holds the runner, and what all other tests here take for granted about Telegraf, with `cat` as plugin. */
describe.skipIf(missing)('a real Telegraf around cat', () => {
  test('passes on a line that a test writes', async ({ start, file, folder }) => {
    const socket = `${folder}/feed.sock`;
    const telegraf = new Telegraf(
      binary,
      { start, file },
      { tables: feedTable(socket) + execdTable('processors', ['cat']) },
    );
    const feed = await Feed.open(telegraf, socket);
    await feed.write('m,if=tap0 v=18446744073709551615u,i=-9223372036854775808i 1795259876123456789\n');
    expect(await telegraf.metrics.line('tap0')).toBe(
      'm,host=node-1,if=tap0 v=18446744073709551615u,i=-9223372036854775808i 1795259876123456789',
    );
    feed.close();
    expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
  });

  test('replays a file and finds its children', async ({ start, file }) => {
    const lines = Array.from({ length: 5000 }, (_, i) => `m,host=h,i=${i} v=${i}i 1795259876000000000\n`).join('');
    const tables = replayTable(file('lines.lp', lines)) + execdTable('processors', ['cat']);
    const telegraf = new Telegraf(binary, { start, file }, { tables });
    await telegraf.metrics.atLeast(5000);
    expect(telegraf.metrics.text).toBe(lines);
    expect(telegraf.children('cat')).toHaveLength(2);
    await telegraf.stop();
  });
});
