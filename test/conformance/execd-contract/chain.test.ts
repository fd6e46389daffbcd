import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { processTest } from '../../support/process-test.ts';
import { lines } from './context-stage.ts';

const NODE = fileURLToPath(new URL('../../fixtures/recorded-node/', import.meta.url));
const TAGGER = `
[[processors.topology_tagger]]
  snapshot = "${NODE}topology.json"
  node = "node-1"
  tags = ["vm_id", "vm_name", "project_id", "network_id", "server", "location"]
`;
const CONTEXT_OF_NODE = `
[[processors.surrogate_context]]
  context_file = "${NODE}context.toml"
`;

/** All lines of the recorded node, and some that are no lines. */
const RECORDED = [
  ...readdirSync(`${NODE}lines`).map((name) => readFileSync(`${NODE}lines/${name}`, 'latin1')),
  '# a comment\n\nbroken\nbroken,=\nm,interface=tapa5f78d67-90 s="two\nlines",v=1i 1795245717206000000\r\n',
].join('');

const test = processTest.extend<{ through: (input: string, ...commands: string[][]) => Promise<string> }>({
  through: async ({ start, file, folder }, use) => {
    await use(async (input, ...commands) => {
      const stages = commands.map((words) => words.map((word) => `'${word}'`).join(' '));
      const from = file('input.lp', Buffer.from(input, 'latin1'));
      const script = `cat ${from} | ${stages.join(' | ')} > ${folder}/output.lp`;
      const host = start({ command: ['bash', '-o', 'pipefail', '-c', script] });
      expect(await host.finished).toEqual({ code: 0, signal: null });
      return readFileSync(`${folder}/output.lp`, 'latin1');
    });
  },
});

describe('a chain', () => {
  test('gives byte for byte what separate processes give, and the same when applied twice', async ({
    file,
    through,
  }) => {
    const tagger = crosslayer('topology-tagger', '--config', file('tagger.conf', TAGGER));
    const context = crosslayer('surrogate-context', '--config', file('context.conf', CONTEXT_OF_NODE));
    const chain = crosslayer('chain', '--config', file('chain.conf', TAGGER + CONTEXT_OF_NODE));

    const once = await through(RECORDED, chain);
    expect(once === (await through(RECORDED, tagger, context))).toBe(true);
    expect(once === (await through(once, chain))).toBe(true);
    expect(once === (await through(RECORDED, chain, chain))).toBe(true);

    // lines in = lines out, and the stages were at work
    expect(once.split('\n')).toHaveLength(RECORDED.split('\n').length);
    expect(once).toContain('vm_name=web-1');
    expect(once).toContain('surrogate=mpegdash_1_web-1');
  });

  test('with an order of its own: tables without one first, then by number', async ({ file, through }) => {
    const stage = (alias: string, sfc: string, order: string) =>
      `[[processors.surrogate_context]]\n  alias = "${alias}"\n${order}  [processors.surrogate_context.context]\n    sfc = "${sfc}"\n`;
    const config =
      stage('a', 'last', '  order = 2\n') + stage('b', 'second', '  order = 1\n') + stage('c', 'first', '');
    const out = await through('m v=1 1\n', crosslayer('chain', '--config', file('chain.conf', config)));
    expect(out).toMatch(/^m,.*\bsfc=last\b/);
  });

  test('that begins with an input takes no lines from stdin, and ends with it', async ({ start, file }) => {
    const config = file('chain.conf', `[[inputs.host_metrics]]\n${TAGGER}${CONTEXT_OF_NODE}`);
    const host = start({
      command: crosslayer('chain', '--config', config, '--host', 'telegraf', '-poll_interval_disabled'),
    });
    await host.write('net,host=node-1 v=1\n'); // a newline: a trigger, whatever is before it
    const mem = await host.stdout.line(/^mem,/);
    expect(mem).toContain('server=node-1');
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(host.stdout.lines.some((text) => text.startsWith('net,host=node-1 v=1'))).toBe(false);
    expect(host.stdout.blankLines).toBe(65_536);
  });

  test('has nanoseconds from its input, whatever stdin would have', async ({ start, file }) => {
    const config = file(
      'chain.conf',
      '[process]\n  precision = "s"\n[[inputs.host_metrics]]\n  collect = ["system"]\n[[outputs.collectd_out]]\n  transport = "exec"\n',
    );
    const host = start({ command: crosslayer('chain', '--config', config, '--once') });
    expect(await host.finished).toEqual({ code: 0, signal: null });
    const [, seconds] = / (\d+)(?:\.\d+)?:/.exec(host.stdout.text) as unknown as [string, string];
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  });

  test('keeps the process contract: SIGTERM delivers everything, logs name the stage', async ({ start, file }) => {
    const where = TAGGER.replace('node = ', 'alias = "where"\n  node = ').replace('topology.json', 'absent.json');
    const config = file('chain.conf', where + CONTEXT_OF_NODE);
    const host = start({ command: crosslayer('chain', '--config', config, '--host', 'telegraf') });
    await host.stderr.line(/^W! \[where\] .*absent\.json/);
    await host.write(lines(1000));
    await host.stdout.atLeast(1000);
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.lines[999]).toContain('rx=999i');
    for (const text of host.stderr.lines) expect(text).toMatch(/^[EWIDT]! \S/);
  });

  test('a single plugin given tables of others, or two of its own, says: use chain', async ({ start, file }) => {
    const check = async (config: string) => {
      const host = start({ command: crosslayer('topology-tagger', '--config', file('two.conf', config)) });
      expect(await host.finished).toEqual({ code: 2, signal: null });
      expect(host.stderr.text).toMatch(/chain/);
    };
    await check(TAGGER + CONTEXT_OF_NODE);
    await check(TAGGER + TAGGER);
  });
});
