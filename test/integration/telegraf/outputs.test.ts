import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { allTagged, CONTEXT, lines } from '../../conformance/execd-contract/context-stage.ts';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest } from '../../support/process-test.ts';
import { execdTable, Feed, feedTable, replayTable, requireTelegraf, Telegraf } from '../../support/telegraf.ts';
import { buildTestProgram } from '../../support/test-program.ts';

const { path: binary = '', missing } = await requireTelegraf();

const program = await buildTestProgram();

/** `processTest`, with the table of a chain that ends in an output, and what the output wrote. */
const test = processTest.extend<{ output: (more?: string, options?: string) => string; delivered: () => string }>({
  output: async ({ file, folder }, use) => {
    await use((more = '  use_batch_format = true\n', options = '') => {
      const config = file('chain.conf', `${CONTEXT}[[outputs.test_output]]\n  file = "${folder}/out.lp"\n${options}`);
      return execdTable('outputs', program('chain', '--config', config, '--host', 'telegraf'), more);
    });
  },
  delivered: async ({ folder }, use) => {
    await use(() => readFileSync(`${folder}/out.lp`, 'utf8'));
  },
});

/** Lines of a replay: Telegraf sends them with sorted tags, ours come behind. */
const COUNT = 20_000;

describe.skipIf(missing)('outputs.execd', () => {
  for (const batch of [true, false]) {
    test(`use_batch_format = ${batch}: delivers everything, logs at the right levels`, async ({
      start,
      file,
      output,
      delivered,
    }) => {
      const outputs = output(`  use_batch_format = ${batch}\n`);
      const tables = replayTable(file('lines.lp', lines(COUNT)));
      const telegraf = new Telegraf(binary, { start, file }, { tables, outputs });
      await untilDelivered(delivered, COUNT);
      expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
      expect(delivered() === allTagged(COUNT)).toBe(true);
      expect(telegraf.log.text).toMatch(/ I! \[outputs\.execd\] .*Ended after \d+ writes/);
      expect(telegraf.complaints).toEqual([]);
    });
  }

  test('the shipped program with append_file at the end of a chain', async ({ start, file, folder, delivered }) => {
    const chain = `${CONTEXT}[[outputs.append_file]]\n  file = "${folder}/out.lp"\n`;
    const command = crosslayer('chain', '--config', file('chain.conf', chain), '--host', 'telegraf');
    const outputs = execdTable('outputs', command, '  use_batch_format = true\n');
    const tables = replayTable(file('lines.lp', lines(COUNT)));
    const telegraf = new Telegraf(binary, { start, file }, { tables, outputs });
    await untilDelivered(delivered, COUNT);
    expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
    expect(delivered() === allTagged(COUNT)).toBe(true);
    expect(telegraf.complaints).toEqual([]);
  });

  test('slow: the last flush of Telegraf and ours lose nothing', async ({ start, file, output, delivered }) => {
    const outputs = output('  use_batch_format = true\n', '  delay = "50ms"\n');
    const telegraf = new Telegraf(
      binary,
      { start, file },
      { tables: replayTable(file('lines.lp', lines(COUNT))), outputs },
    );
    await untilDelivered(delivered, 1000);
    expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
    expect(delivered() === allTagged(COUNT)).toBe(true);
  });

  test('killed with -9 while idle: nothing is lost, nothing comes twice', async ({
    start,
    file,
    folder,
    output,
    delivered,
  }) => {
    const socket = `${folder}/feed.sock`;
    const telegraf = new Telegraf(binary, { start, file }, { tables: feedTable(socket), outputs: output() });
    const feed = await Feed.open(telegraf, socket);
    await feed.write(lines(1000));
    await untilDelivered(delivered, 1000);
    const [first = 0] = telegraf.children('chain');
    const seen = telegraf.log.count;
    process.kill(first, 'SIGKILL');
    await telegraf.log.line('Starting process', seen);
    await feed.write(lines(1000, 1000));
    await untilDelivered(delivered, 2000);
    await telegraf.stop();
    expect(delivered() === allTagged(2000)).toBe(true);
  });
});

/** Resolves when the file holds so many lines. */
async function untilDelivered(delivered: () => string, count: number): Promise<void> {
  const have = () => {
    try {
      return delivered().split('\n').length - 1;
    } catch {
      return 0; // not there yet
    }
  };
  while (have() < count) await new Promise((resolve) => setTimeout(resolve, 20));
}
