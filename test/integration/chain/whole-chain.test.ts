import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost } from '../../support/execd-host.ts';
import { processTest } from '../../support/process-test.ts';

/** A node whose /proc stands still, so that every byte but the time is known. */
const NODE = fileURLToPath(
  new URL('../../../examples/write-a-plugin/host_metrics/testcases/frozen_node/', import.meta.url),
);

const CHAIN = `
[process]
  stats_interval = "INTERVAL"

[[inputs.host_metrics]]
  host = "node-1"
  proc = "${NODE}proc"
  sys = "${NODE}sys"
  # neither "mem" nor our own statistics
  namepass = ["net", "system"]

[[processors.surrogate_context]]
  alias = "chain"
  [processors.surrogate_context.context]
    sfc = "media_dash"
    sfc_i = "media_dash_1"

[[processors.surrogate_context]]
  alias = "place"
  namedrop = ["system"]
  [processors.surrogate_context.context]
    location = "uk.bristol.lamp_1"

[[outputs.append_file]]
  alias = "net"
  file = "net.lp"
  namepass = ["net"]
  # written by the stage before
  tagpass = { sfc = ["media*"] }

[[outputs.append_file]]
  alias = "all"
  file = "all.lp"
  namedrop = ["internal_*"]

[[outputs.append_file]]
  alias = "own"
  file = "own.lp"
  namepass = ["internal_*"]
`;

const NET =
  'net,host=node-1,interface=eth0,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1 ' +
  'bytes_recv=817764718i,packets_recv=48690i,err_in=0i,drop_in=0i,bytes_sent=3771125i,packets_sent=36285i,err_out=0i,drop_out=0i,speed=10000i TIME\n';
const SYSTEM =
  'system,host=node-1,sfc=media_dash,sfc_i=media_dash_1 load1=0.08,load5=0.13,load15=0.14,n_cpus=2i TIME\n' +
  'system,host=node-1,sfc=media_dash,sfc_i=media_dash_1 uptime=1127i TIME\n';

/** What comes behind the tags `alias`, `host` and `version` of the statistics: nothing, or what later stages added. */
const OWN = [
  'internal_crosslayer,alias=crosslayer,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1',
  'internal_host_metrics,alias=host_metrics,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1',
  'internal_surrogate_context,alias=chain,location=uk.bristol.lamp_1',
  'internal_surrogate_context,alias=place',
  'internal_append_file,alias=net',
  'internal_append_file,alias=all',
  'internal_append_file,alias=own',
];

const headsOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/ .*/, '').replace(/,host=[^,]+,version=[^,]+/, ''));

const test = processTest.extend<{
  run: (flags: string[], interval?: string, host?: string) => ExecdHost;
  read: (name: string) => string;
}>({
  run: async ({ file, start }, use) => {
    await use((flags, interval = '0s', host = 'pipe') => {
      const config = file('chain.conf', CHAIN.replace('INTERVAL', interval));
      return start({ command: crosslayer('chain', '--config', config, '--host', host, ...flags) });
    });
  },
  read: async ({ folder }, use) => {
    await use((name) => readFileSync(`${folder}/${name}`, 'latin1').replace(/ \d{19}$/gm, ' TIME'));
  },
});

describe('input, processors, outputs', () => {
  test('--once: every output has byte for byte what it selects', async ({ run, read, folder }) => {
    const host = run(['--once']);
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(read('net.lp')).toBe(NET);
    expect(read('all.lp')).toBe(NET + SYSTEM);
    expect(read('own.lp')).toBe('');
    const times = readFileSync(`${folder}/all.lp`, 'latin1').match(/\d{19}$/gm);
    expect(new Set(times).size).toBe(1);
    expect([host.stdout.raw, host.stderr.raw]).toEqual(['', '']);
  });

  test('--test: the same lines are on stdout, and no output is started', async ({ run, folder }) => {
    const host = run(['--test']);
    expect(await host.finished).toEqual({ code: 0, signal: null });
    expect(host.stdout.raw.replace(/ \d{19}$/gm, ' TIME')).toBe(NET + SYSTEM);
    for (const name of ['net.lp', 'all.lp', 'own.lp']) expect(existsSync(`${folder}/${name}`)).toBe(false);
  });

  test('an input alone gives what all of its filters select', async ({ file, start }) => {
    const gathered = async (filter: string) => {
      const config = `[[inputs.host_metrics]]\n  host = "node-1"\n  proc = "${NODE}proc"\n  sys = "${NODE}sys"\n${filter}`;
      const host = start({ command: crosslayer('host-metrics', '--config', file('a.conf', config), '--once') });
      expect((await host.finished).code).toBe(0);
      return host.stdout.lines.map((line) => line.split(' ')[0]);
    };
    const [mem, net, system] = ['mem,host=node-1', 'net,host=node-1,interface=eth0', 'system,host=node-1'];
    expect(await gathered('')).toEqual([mem, net, system, system]);
    expect(await gathered('namepass = ["net", "s*"]\n')).toEqual([net, system, system]);
    expect(await gathered('tagpass = { interface = ["eth*"], cpu = ["cpu0"] }\n')).toEqual([net]);
    expect(await gathered('tagdrop = { interface = ["eth*"] }\n')).toEqual([mem, system, system]);
    expect(await gathered('namepass = ["mem", "net"]\ntagdrop = { host = ["node-?"] }\n')).toEqual([]);
  });

  test('triggers gather again, and the end of stdin ends it', async ({ run, read }) => {
    const host = run(['--poll_interval_disabled'], '0s', 'telegraf');
    for (let n = 1; n <= 3; n++) {
      await host.write('\n');
      await expect.poll(() => read('net.lp'), { timeout: 10_000 }).toBe(NET.repeat(n));
    }
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    expect(read('all.lp')).toBe((NET + SYSTEM).repeat(3));
    expect([host.stdout.raw, host.stderr.raw]).toEqual(['', '']);
  });
});

describe('statistics in a chain', () => {
  test('stand behind their stage and get the tags of later stages only', async ({ run, read }) => {
    const host = run(['--once'], '1h');
    expect((await host.finished).code).toBe(0);
    expect(headsOf(read('own.lp'))).toEqual(OWN);
    // neither the input's filter nor the metrics' outputs are concerned
    expect(read('all.lp')).toBe(NET + SYSTEM);
    expect(read('net.lp')).toBe(NET);
    expect(read('own.lp')).toMatch(
      /^internal_host_metrics\S* gather_errors=0i,unwritable_values=0i,read_errors=0i,filtered_lines=1i TIME$/m,
    );
    expect(read('own.lp')).toMatch(/^internal_append_file,alias=net\S* .*\bdropped_lines=0i,filtered_lines=6i TIME$/m);
  });

  test('come at every interval, also without any metric', async ({ run, read }) => {
    const host = run(['--poll_interval_disabled'], '20ms', 'telegraf');
    await expect.poll(() => read('own.lp').split('\n').length, { timeout: 10_000 }).toBeGreaterThan(3 * OWN.length);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await host.finished;
    const heads = headsOf(read('own.lp'));
    for (let at = 0; at + OWN.length <= heads.length; at += OWN.length) {
      expect(heads.slice(at, at + OWN.length)).toEqual(OWN);
    }
    expect(read('all.lp')).toBe('');
    expect(host.stderr.raw).toBe('');
  });

  test('are on stdout where there is no output, and an input alone writes them as well', async ({ file, start }) => {
    const config = file('input.conf', CHAIN.slice(0, CHAIN.indexOf('[[processors')).replace('INTERVAL', '1h'));
    const host = start({ command: crosslayer('host-metrics', '--config', config, '--once', '--host', 'pipe') });
    expect((await host.finished).code).toBe(0);
    expect(host.stdout.lines.map((line) => line.split(/[, ]/)[0])).toEqual([
      'net',
      'system',
      'system',
      'internal_crosslayer',
      'internal_host_metrics',
    ]);
    expect(host.stderr.raw).toBe('');
  });
});
