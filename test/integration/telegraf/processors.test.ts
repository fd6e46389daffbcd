import { describe, expect } from 'vitest';
import { CONTEXT, line, lines, tagged } from '../../conformance/execd-contract/context-stage.ts';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest as test } from '../../support/process-test.ts';
import { execdTable, Feed, feedTable, replayTable, requireTelegraf, Telegraf } from '../../support/telegraf.ts';

const { path: binary = '', missing } = await requireTelegraf();

const NUMBER = /rx=(\d+)i/;
const numbers = (metrics: readonly string[]) => metrics.map((metric) => Number(NUMBER.exec(metric)?.[1]));
/** Telegraf writes tags sorted, so that ours are where the alphabet puts them. */
const sorted = (n: number) => tagged(n).trimEnd();
describe.skipIf(missing)('processors.execd', () => {
  const context = (file: (name: string, text: string) => string, more = '') =>
    execdTable(
      'processors',
      crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT), '--host', 'telegraf'),
      `  alias = "context"\n${more}`,
    );

  test('tags a replayed file: lines in = lines out, in order', async ({ start, file }) => {
    const count = 50_000;
    const tables = replayTable(file('lines.lp', lines(count))) + context(file);
    const telegraf = new Telegraf(binary, { start, file }, { tables });
    await telegraf.metrics.atLeast(count);
    expect(await telegraf.stop()).toEqual({ code: 0, signal: null });
    expect(telegraf.metrics.lines).toEqual(Array.from({ length: count }, (_, n) => sorted(n)));
    expect(telegraf.complaints).toEqual([]);
  });

  test('inputs.file with --once: the whole chain in one pass', async ({ start, file }) => {
    const tables = `[[inputs.file]]\n  files = ["${file('lines.lp', lines(20_000))}"]\n  data_format = "influx"\n${context(file)}`;
    const telegraf = new Telegraf(binary, { start, file }, { tables, args: ['--once'] });
    expect(await telegraf.host.finished).toEqual({ code: 0, signal: null });
    expect(telegraf.metrics.lines).toEqual(Array.from({ length: 20_000 }, (_, n) => sorted(n)));
  });

  test('keeps what Telegraf hands over: 64-bit integers, nanoseconds, strings with newlines and quotes', async ({
    start,
    file,
  }) => {
    const fields = 'b=true,f=0.1,i=-9223372036854775808i,s="a \\"b\\" \\\\ c\nd, e=f",u=18446744073709551615u';
    const tables =
      replayTable(file('lines.lp', `odd\\ name,host=h,tag=a\\,b\\=c ${fields} 1795259876123456789\n`)) + context(file);
    const telegraf = new Telegraf(binary, { start, file }, { tables });
    await telegraf.metrics.line('1795259876123456789');
    await telegraf.stop();
    expect(telegraf.metrics.text).toBe(
      `odd\\ name,host=h,sfc=media_dash,sfc_i=media_dash_1,tag=a\\,b\\=c ${fields} 1795259876123456789\n`,
    );
  });

  test('killed with -9: only what comes within restart_delay is lost, and Telegraf says each', async ({
    start,
    file,
    folder,
  }) => {
    const socket = `${folder}/feed.sock`;
    const telegraf = new Telegraf(binary, { start, file }, { tables: feedTable(socket) + context(file) });
    const feed = await Feed.open(telegraf, socket);
    await feed.write(lines(100));
    await telegraf.metrics.line('rx=99i');

    const [first = 0] = telegraf.children('surrogate-context');
    process.kill(first, 'SIGKILL');
    await telegraf.log.line('Restarting in 100ms');
    await feed.write(lines(10, 100)); // nobody is there to take them
    const from = telegraf.log.count;
    const again = telegraf.log.line(
      'Starting process',
      telegraf.log.lines.findIndex((text) => text.includes('Restarting')),
    );
    await again;
    await feed.write(lines(100, 1000));
    await telegraf.metrics.line('rx=1099i');

    const [second = 0] = telegraf.children('surrogate-context');
    expect(second).not.toBe(first);
    await telegraf.stop();
    const out = numbers(telegraf.metrics.lines);
    expect(out.filter((n) => n < 100)).toHaveLength(100);
    expect(out.filter((n) => n >= 1000)).toHaveLength(100);
    const lost = 10 - out.filter((n) => n >= 100 && n < 1000).length;
    const told = telegraf.log.lines.filter((text) => text.includes('error writing to process stdin')).length;
    expect(told, `of ${from} log lines`).toBe(lost);
    for (const metric of telegraf.metrics.lines) expect(metric).toContain('sfc=media_dash,sfc_i=media_dash_1');
  });

  test('reload by SIGHUP: the old process ends by itself with everything delivered, a new one goes on', async ({
    start,
    file,
    folder,
  }) => {
    const socket = `${folder}/feed.sock`;
    const telegraf = new Telegraf(binary, { start, file }, { tables: feedTable(socket) + context(file) });
    const before = await Feed.open(telegraf, socket);
    await before.write(lines(1000));
    await telegraf.metrics.line('rx=999i');
    const [old = 0] = telegraf.children('surrogate-context');

    const seen = telegraf.log.count;
    telegraf.host.signal('SIGHUP');
    await telegraf.log.line('Listening on', seen);
    const after = await Feed.open(telegraf, socket);
    await after.write(lines(1000, 1000));
    await telegraf.metrics.line('rx=1999i');
    const [young = 0] = telegraf.children('surrogate-context');
    expect(young).not.toBe(old);
    await telegraf.stop();
    expect(numbers(telegraf.metrics.lines)).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    expect(telegraf.log.text).not.toMatch(/signal: (killed|terminated)/);
    expect(telegraf.complaints).toEqual([]);
  });

  // Without --host it has to find out that Telegraf is its parent: it is the padding that saves the last lines.
  for (const host of [['--host', 'telegraf'], []]) {
    test(`a slow processor behind, ${host.join(' ') || 'without --host'}: nothing is lost at the stop`, async ({
      start,
      file,
    }) => {
      const ours = crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT), ...host);
      const slow = file(
        'slow.cjs',
        `const { readSync, writeSync } = require('node:fs');
         const buffer = Buffer.alloc(4096);
         const nap = new Int32Array(new SharedArrayBuffer(4));
         for (let n; (n = readSync(0, buffer)) > 0; Atomics.wait(nap, 0, 0, 2)) writeSync(1, buffer, 0, n);
         writeSync(1, '\\n'.repeat(65536));`,
      );
      const tables =
        replayTable(file('lines.lp', lines(4000))) +
        execdTable('processors', ours, '  order = 1\n') +
        execdTable('processors', [process.execPath, slow], '  order = 2\n');
      const telegraf = new Telegraf(binary, { start, file }, { tables });
      await telegraf.metrics.atLeast(1);
      await telegraf.stop();
      expect(telegraf.metrics.count).toBe(4000);
      expect(telegraf.log.text).not.toMatch(/signal: (killed|terminated)/);
    });
  }

  test('a slow output behind: nothing is lost, and the stop is in time', async ({ start, file }) => {
    const tables = replayTable(file('lines.lp', lines(4000))) + context(file);
    const telegraf = new Telegraf(binary, { start, file }, { tables, reading: { bytes: 8192, pauseMs: 2 } });
    await telegraf.metrics.atLeast(1);
    await telegraf.stop();
    expect(telegraf.metrics.count).toBe(4000);
  });

  test('an aggregator starts a second instance: no tag twice, no claim, aggregates tagged as well', async ({
    start,
    file,
    folder,
  }) => {
    const socket = `${folder}/feed.sock`;
    const aggregator = '\n[[aggregators.basicstats]]\n  period = "500ms"\n  grace = "1000h"\n  stats = ["count"]\n';
    const telegraf = new Telegraf(
      binary,
      { start, file },
      { tables: feedTable(socket) + context(file) + aggregator, agent: { skip_processors_after_aggregators: false } },
    );
    const feed = await Feed.open(telegraf, socket);
    const now = BigInt(Date.now()) * 1_000_000n;
    await feed.write(`net,host=node-1,interface=tap0 rx=1i ${now}\n`);
    const aggregate = await telegraf.metrics.line('rx_count');
    expect(telegraf.children('surrogate-context')).toHaveLength(2);
    await telegraf.stop();
    const head = 'net,host=node-1,interface=tap0,sfc=media_dash,sfc_i=media_dash_1 ';
    expect(aggregate.startsWith(head)).toBe(true);
    for (const metric of telegraf.metrics.lines) expect(metric.startsWith(head), metric).toBe(true);
    expect(telegraf.complaints).toEqual([]);
  });

  test('a chain with a static table: who runs where, and in which service', async ({ start, file, folder }) => {
    const table = file('topology.toml', '[[interface]]\nname = "tap0"\nvm_id = "vm-1"\nvm_name = "web-1"\n');
    const tagger = `[[processors.topology_tagger]]\n  static = "${table}"\n`;
    const config = file('chain.conf', tagger + CONTEXT);
    const socket = `${folder}/feed.sock`;
    const tables =
      feedTable(socket) + execdTable('processors', crosslayer('chain', '--config', config, '--host', 'telegraf'));
    const telegraf = new Telegraf(binary, { start, file }, { tables });
    const feed = await Feed.open(telegraf, socket);
    await feed.write(line(1) + line(2).replace('tap0', 'eth0'));
    expect(await telegraf.metrics.line('rx=1i')).toBe(
      'net,host=node-1,interface=tap0,sfc=media_dash,sfc_i=media_dash_1,vm_id=vm-1,vm_name=web-1 rx=1i 1795259876000000000',
    );
    expect(await telegraf.metrics.line('rx=2i')).toBe(sorted(2).replace('tap0', 'eth0'));
    await telegraf.stop();
    expect(telegraf.complaints).toEqual([]);
  });

  test('our log lines have their level there', async ({ start, file, folder }) => {
    const socket = `${folder}/feed.sock`;
    const bad = file('bad.conf', '[process]\nstats = 1\n');
    const stage = execdTable(
      'processors',
      crosslayer('surrogate-context', '--config', bad, '--host', 'telegraf'),
      '  alias = "context"\n',
    );
    const telegraf = new Telegraf(binary, { start, file }, { tables: feedTable(socket) + stage });
    expect(await telegraf.log.line('bad.conf:2')).toMatch(/ E! \[processors\.execd::context\] [^ ]*bad\.conf:2: /);
    await telegraf.log.line('exit status 2');
    await telegraf.stop();
    expect(telegraf.log.text).not.toContain('stderr: "');
  });
});
