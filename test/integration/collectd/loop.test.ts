import { readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { freeUdpPort, untilUdpPort, WireRecorder } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

const ORIGINAL = 'node-1/p-i/gauge';

/** A chain that renames what collectd sends, and a collectd that sends what it renames: without anything that keeps them apart. */
describe.skipIf(missing)('a chain that gets its own values back', () => {
  for (const dropOwn of [true, false]) {
    test.concurrent(`with drop_own = ${dropOwn} ${dropOwn ? 'names stay' : 'names grow'}`, async ({
      collectd,
      file,
      folder,
      execLine,
      ours,
    }) => {
      const recorder = await WireRecorder.open();
      const port = await freeUdpPort();
      const chain = file(
        'chain.conf',
        `[process]
  stats_interval = "100ms"
[[inputs.collectd_in]]
  listen = ["udp://127.0.0.1:${port}"]
  drop_own = ${dropOwn}
[[outputs.collectd_out]]
  transport = "exec"
  namedrop = ["internal_*"]
  [[outputs.collectd_out.map]]
    measurement = "collectd_*"
    plugin_instance = "{plugin_instance}x"
[[outputs.append_file]]
  file = "${folder}/statistics"
  namepass = ["internal_*"]
`,
      );
      const feed = file(
        'feed.sh',
        `until [ -e ${folder}/go ]; do sleep 0.05; done
for n in 1 2 3 4 5 6 7 8; do echo "PUTVAL ${ORIGINAL} N:$n"; sleep 0.1; done
echo "PUTVAL end/p/gauge N:1"
exec sleep 600
`,
      );
      collectd({
        config: `
LoadPlugin exec
<LoadPlugin network>
  FlushInterval 0.05
</LoadPlugin>
LoadPlugin threshold
<Plugin threshold>
  <Type "gauge">
    WarningMax 100
  </Type>
</Plugin>
<Plugin exec>
  ${execLine(ours('chain', '--config', chain))}
  ${execLine(['sh', feed])}
</Plugin>
<Plugin network>
  Server "127.0.0.1" "${port}"
  Server "127.0.0.1" "${recorder.port}"
</Plugin>`,
      });
      await untilUdpPort(port);
      file('go', '');
      if (!dropOwn) {
        await recorder.record('a name that has grown', ({ identifier }) => identifier.includes('xxx'));
        return recorder.close();
      }
      await recorder.record(
        'the last value',
        ({ kind, identifier }) => kind === 'values' && identifier === 'end/p-x/gauge',
      );
      const dropped = () =>
        [...readFileSync(`${folder}/statistics`, 'utf8').matchAll(/dropped_own=(\d+)/g)].at(-1)?.[1];
      // nine values; of two names and their new names the first notification
      await vi.waitFor(() => expect(Number(dropped())).toBe(9 + 4), { timeout: PATIENCE_MS });
      const of = (kind: string) => recorder.records.filter((record) => record.kind === kind);
      const names = new Set(of('values').map(({ identifier }) => identifier));
      expect([...names].sort()).toEqual(['end/p-x/gauge', 'end/p/gauge', ORIGINAL, 'node-1/p-ix/gauge']);
      expect(of('values')).toHaveLength(18);
      const notified = of('notification').map(({ identifier }) => identifier);
      const once = ['end/p/gauge', 'end/p-xx/gauge', ORIGINAL, 'node-1/p-ixx/gauge'];
      const twice = ['end/p-x/gauge', 'node-1/p-ix/gauge']; // by its threshold, and renamed
      expect(notified.sort()).toEqual([...once, ...twice, ...twice].sort());
      recorder.close();
    });
  }
});
