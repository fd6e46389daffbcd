import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, vi } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { type GuideHeading, guideHeadings, InstalledGuide } from '../../support/collectd-guide.ts';
import { LineCollector, PATIENCE_MS } from '../../support/line-collector.ts';
import { Feed, feedTable, requireTelegraf, Telegraf, withOwnAgent } from '../../support/telegraf.ts';
import { freeUdpPort, untilUdpPort, WireRecorder } from '../../support/udp.ts';

const collectd = await requireCollectd();
const telegraf = await requireTelegraf();
const test = collectdTest(collectd.path ?? '');
const missing = collectd.missing ?? telegraf.missing;

/** Of a guest that the page's table knows, of its tap, and of the node; with numbers that a double does not hold. */
const VALUES = [
  'PUTVAL instance-00000001/virt/virt_cpu_total N:9223372036854775807',
  'PUTVAL node-1/interface-tapa5f78d67-90/if_octets N:9007199254740993:2',
  'PUTVAL node-1/p/absolute-a N:18446744073709551615',
  'PUTVAL node-1/load/load N:0.1:0.2:0.3',
];
const METRICS = [
  /^collectd_virt,host=instance-00000001,type=virt_cpu_total value=9223372036854775807i \d{19}$/,
  /^collectd_interface,host=node-1,plugin_instance=tapa5f78d67-90,type=if_octets rx=9007199254740993i,tx=2i \d{19}$/,
  /^collectd_p,host=node-1,type=absolute,type_instance=a value=18446744073709551615u \d{19}$/,
  /^collectd_load,host=node-1,type=load (?=.*shortterm=0\.1)(?=.*midterm=0\.2)(?=.*longterm=0\.3).* \d{19}$/,
];
const VM = 'vm_id=11111111-1111-4111-8111-111111111111,vm_name=web-1';
const CONTEXT = 'location=uk.bristol.lamp_1';

test('the page has no block that nobody runs', () => {
  const RUN: GuideHeading[] = [
    ...(['collectd to Telegraf', 'Telegraf to collectd', 'Everything inside collectd'] as const),
    ...(['collectd to a pipe and a file', 'Notifications with their meta data'] as const),
    'Between machines: signed and encrypted',
  ];
  expect(guideHeadings()).toEqual(['Four ways to run', ...RUN]);
});

describe.skipIf(missing)('collectd to Telegraf', () => {
  for (const [nth, name] of ['collectd_in alone', 'a chain with topology and context'].entries()) {
    test.concurrent(name, async ({ collectd, start, file, folder, account, installed, execSaying }) => {
      const port = await freeUdpPort();
      const places = { folder, account, installed, instead: { '25826': port } };
      const guide = new InstalledGuide(['collectd to Telegraf'], places);
      const config = withOwnAgent(guide.text(guide.runs[nth]?.text ?? ''));
      const { environment } = guide;
      const agent = new Telegraf(telegraf.path ?? '', { start, file }, { config, environment });
      await untilUdpPort(port);
      const daemon = collectd({
        config: `${guide.include}
LoadPlugin exec
<Plugin exec>
  ${execSaying(`${VALUES.join('\n')}\n`)}
</Plugin>`,
      });
      for (const [i, metric] of METRICS.entries()) {
        if (nth === 0) {
          await agent.metrics.line(metric);
          continue;
        }
        const [measurement = ''] = /^collectd_\w+/.exec(metric.source.slice(1)) ?? [];
        const line = await agent.metrics.line(new RegExp(`^${measurement},`));
        expect(line).toContain(`,${CONTEXT},`);
        expect(line.includes(`,${VM} `)).toBe(i < 2);
        const untagged = line.replace(`,${VM}`, '').replace(`,${CONTEXT}`, '').replace(',sfc=media_dash', '');
        expect(untagged).toMatch(metric);
      }
      await agent.stop();
      expect(agent.complaints).toEqual([]);
      expect(daemon.complaints).toEqual([]);
    });
  }
});

describe.skipIf(missing)('Telegraf to collectd', () => {
  for (const [nth, transport] of ['network', 'unixsock'].entries()) {
    test.concurrent(transport, async ({ collectd, start, file, folder, account, installed }) => {
      const recorder = await WireRecorder.open();
      const port = await freeUdpPort();
      const places = { folder, account, installed, instead: { '25827': port } };
      const guide = new InstalledGuide(['Telegraf to collectd'], places);
      const daemon = collectd({
        config: `
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin network>
  Forward true
  Server "127.0.0.1" "${recorder.port}"
</Plugin>
${guide.include}`,
      });
      await daemon.ready();
      const feed = `${folder}/feed.sock`;
      const config = withOwnAgent(guide.text(guide.runs[nth]?.text ?? '')) + feedTable(feed);
      const agent = new Telegraf(telegraf.path ?? '', { start, file }, { config, environment: guide.environment });
      const input = await Feed.open(agent, feed);
      await input.write(
        [
          'net,host=node-1,interface=eth0 bytes_recv=9007199254740993i,bytes_sent=2i 1795278863123456789',
          'cpu,cpu=cpu0,host=node-1 usage_user=0.1 1795278863123456789',
          'collectd_virt,host=instance-00000001,type=virt_cpu_total value=9223372036854775807i 1795278863123456789',
          'collectd_p,host=node-1,type=absolute,type_instance=a value=18446744073709551615u 1795278863123456789',
          '',
        ].join('\n'),
      );
      const has = async (identifier: string, ...values: string[]) => {
        const record = await recorder.record(identifier, (each) => each.identifier === identifier);
        expect(record.values).toEqual(values);
        // 2^-30 s are 0.93 ns; a time in text goes through a double
        const ns = (record.time * 1_000_000_000n) >> 30n;
        const difference = Number(ns - 1795278863123456789n);
        expect(Math.abs(difference)).toBeLessThanOrEqual(transport === 'network' ? 1 : 250);
      };
      await has('node-1/interface-eth0/if_octets', 'derive:0020000000000001', 'derive:0000000000000002');
      await has('node-1/cpu-0/percent-user', 'gauge:3fb999999999999a');
      await has('instance-00000001/virt/virt_cpu_total', 'derive:7fffffffffffffff');
      await has('node-1/p/absolute-a', 'absolute:ffffffffffffffff');
      await agent.stop();
      expect(agent.complaints).toEqual([]);
      expect(daemon.complaints).toEqual([]);
      recorder.close();
    });
  }
});

describe.skipIf(collectd.missing)('Everything inside collectd', () => {
  const WRITERS = 'Plugin "write_graphite/central"';
  const ways = [
    { title: 'every value goes out once, tagged', writers: WRITERS, notifications: 0 },
    { title: 'the same with a threshold, notified once', writers: `${WRITERS}\nPlugin "threshold"`, notifications: 1 },
  ];
  test.concurrent.for(ways)(
    '$title',
    async ({ writers, notifications }, { collectd, file, folder, account, installed, execLine }) => {
      const received = new LineCollector({ name: 'what graphite receives' });
      const graphite = createServer((socket) => {
        socket.on('data', (chunk) => received.take(chunk));
        socket.on('error', () => {});
      }).listen(0, '127.0.0.1');
      await once(graphite, 'listening');
      const { port } = graphite.address() as { port: number };
      const ports = { '25826': await freeUdpPort(), '2003': port };
      const instead = { ...ports, 'graphite.example.net': '127.0.0.1', [WRITERS]: writers };
      const guide = new InstalledGuide(['Everything inside collectd'], { folder, account, installed, instead });
      const lines = file('lines', `${VALUES.join('\n').replaceAll(' N:', ' interval=10 N:')}\n`);
      // the first ones come before the chain listens
      const again = `while :; do cat ${lines}; sleep 0.2; done`;
      const daemon = collectd({
        config: `${guide.include}
LoadPlugin threshold
<Plugin threshold>
  <Type "load">
    DataSource "midterm"
    WarningMax 0.1
  </Type>
</Plugin>
<Plugin exec>
  ${execLine(['sh', '-c', again])}
</Plugin>`,
        environment: guide.environment,
      });
      if (notifications > 0) await daemon.log.line('Notification: severity = WARNING');
      await received.atLeast(received.count + 50);
      expect(await daemon.stop()).toEqual({ code: 0, signal: null });
      expect(daemon.log.lines.filter((line) => line.includes('Notification: severity'))).toHaveLength(notifications);
      expect(daemon.log.text).not.toContain('Value too old');
      expect(daemon.complaints).toEqual([]);
      const names = new Set(received.lines.map((line) => line.split(' ')[0]));
      expect([...names].sort()).toEqual([
        'instance-00000001.virt.virt_cpu_total',
        ...['rx', 'tx'].map((source) => `node-1.interface-tapa5f78d67-90.if_octets.${source}`),
        ...['longterm', 'midterm', 'shortterm'].map((source) => `node-1.load.load.${source}`),
        'node-1.p.absolute-a',
      ]);
      graphite.close();
    },
  );
});

describe.skipIf(collectd.missing)('collectd to a pipe and a file', () => {
  test.concurrent('tagged lines stand in the file', async ({
    collectd,
    start,
    folder,
    account,
    installed,
    execSaying,
  }) => {
    const port = await freeUdpPort();
    const places = { folder, account, installed, instead: { '25826': port } };
    const guide = new InstalledGuide(['collectd to Telegraf', 'collectd to a pipe and a file'], places);
    const [script] = guide.runs.filter(({ language }) => language === 'sh');
    const command = ['bash', '-eo', 'pipefail', '-c', guide.text(script?.text ?? '')];
    const shell = start({ command, environment: guide.environment });
    await untilUdpPort(port);
    collectd({
      config: `${guide.include}
LoadPlugin exec
<Plugin exec>
  ${execSaying(`${VALUES.join('\n')}\n`)}
</Plugin>`,
    });
    const written = () => readFileSync(`${folder}/var/lib/crosslayer/collectd.lp`, 'utf8');
    await vi.waitFor(() => expect(written().split('\n')).toHaveLength(VALUES.length + 1), { timeout: PATIENCE_MS });
    expect(written()).toMatch(
      new RegExp(`^collectd_virt,host=instance-00000001,type=virt_cpu_total,${VM} value=`, 'm'),
    );
    expect(shell.stderr.lines.filter((line) => !line.startsWith('I! '))).toEqual([]);
  });
});

describe.skipIf(collectd.missing)('Between machines: signed and encrypted', () => {
  test.concurrent('what is encrypted arrives', async ({
    collectd,
    start,
    folder,
    account,
    installed,
    ours,
    execSaying,
  }) => {
    const port = await freeUdpPort();
    const places = { folder, account, installed, instead: { '25826': port } };
    const guide = new InstalledGuide(['Between machines: signed and encrypted'], places);
    const config = `${folder}/etc/crosslayer/collectd-secure.conf`;
    const receiver = start({ command: ours('collectd-in', '--config', config, '--host', 'pipe') });
    await untilUdpPort(port);
    const daemon = collectd({
      config: `${guide.include}
LoadPlugin exec
<Plugin exec>
  ${execSaying(`${VALUES.join('\n')}\n`)}
</Plugin>`,
    });
    for (const metric of METRICS) await receiver.stdout.line(metric);
    expect(daemon.complaints).toEqual([]);
    expect(receiver.stderr.lines.filter((line) => !line.startsWith('I! '))).toEqual([]);
  });
});
