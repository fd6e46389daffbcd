import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { collectdTest, requireCollectd, TEST_TYPES_DB, TYPES_DB } from '../../support/collectd.ts';
import type { WireRecord } from '../../support/collectd-wire.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { freeUdpPort, untilUdpPort, WireRecorder } from '../../support/udp.ts';
import { everyValue, throughLines, withoutNumber } from './every-value.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

const AUTH = 'alice: s3cr3t pass with spaces\nbob:swordfish\n';
/** What each level needs on the sender's side of collectd, and on ours. */
const LEVELS = {
  plain: { sender: '', receiver: '', out: '' },
  signed: level('Sign', 'alice', 's3cr3t pass with spaces'),
  encrypted: level('Encrypt', 'bob', 'swordfish'),
} as const;

function level(name: string, user: string, password: string) {
  return {
    sender: `SecurityLevel "${name}"\n Username "${user}"\n Password "${password}"`,
    receiver: `auth_file = "AUTH"\n  security_level = "${name.toLowerCase()}"`,
    out: `username = "${user}"\n  password_file = "PASSWORD"\n  security_level = "${name.toLowerCase()}"`,
  };
}

const END = 'end/p/fx_gauge';
/** A time in text goes through a double: 2^-22 s at present times. */
const TEXT_TOLERANCE_NS = 250n;

describe.skipIf(missing)('collectd → collectd_in → collectd_out → collectd', () => {
  const ways = (['plain', 'signed', 'encrypted'] as const).flatMap((security) =>
    (['exec', 'unixsock', 'network'] as const).map((transport) => ({ security, transport })),
  );

  test.concurrent.for(ways)(
    '$security, $transport',
    async ({ security, transport }, { collectd, start, file, folder, execLine, execSaying, ours, account }) => {
      const [atA, atB] = [await WireRecorder.open(), await WireRecorder.open()];
      const [into, outOf] = [await freeUdpPort(), await freeUdpPort()];
      const secure = LEVELS[security];
      const auth = file('auth', AUTH);
      chmodSync(auth, 0o640);
      chownSync(auth, account.uid, account.gid);
      const password = file('password', `${/Password "(.*)"/.exec(secure.sender)?.[1] ?? ''}\n`);
      const socket = `${folder}/b.sock`;
      const doors = {
        exec: '',
        unixsock: `socket = "${socket}"`,
        network: `server = "udp://127.0.0.1:${outOf}"\n  ${secure.out.replace('PASSWORD', password)}`,
      };
      const chain = file(
        'chain.conf',
        `[process]
  stats_interval = "100ms"
[[inputs.collectd_in]]
  listen = ["udp://127.0.0.1:${into}"]
  types_db = ["${TYPES_DB}", "${TEST_TYPES_DB}"]
  interval = "field"
  ${secure.receiver.replace('AUTH', auth)}
[[outputs.collectd_out]]
  transport = "${transport}"
  ${doors[transport]}
  types_db = ["${TYPES_DB}", "${TEST_TYPES_DB}"]
  namedrop = ["internal_*"]
[[outputs.append_file]]
  file = "${folder}/statistics"
  namepass = ["internal_*"]
`,
      );
      const command = ours('chain', '--config', chain);

      const b = collectd({
        hostname: 'node-b',
        config: `
LoadPlugin exec
LoadPlugin unixsock
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
${transport === 'exec' ? `<Plugin exec>\n ${execLine(command)}\n</Plugin>` : ''}
<Plugin unixsock>
  SocketFile "${socket}"
  SocketGroup "nogroup"
  DeleteSocket true
</Plugin>
<Plugin network>
  Forward true
  <Listen "127.0.0.1" "${outOf}">
    ${security === 'plain' ? '' : `AuthFile "${auth}"\nSecurityLevel "${security === 'signed' ? 'Sign' : 'Encrypt'}"`}
  </Listen>
  Server "127.0.0.1" "${atB.port}"
</Plugin>`,
      });
      await b.ready();
      if (transport !== 'exec') start({ command: [...command, '--host', 'pipe'] });
      await untilUdpPort(into);

      const lines = Buffer.from(`${[...everyValue(), `PUTVAL ${END} N:1`].join('\n')}\n`, 'latin1');
      const a = collectd({
        hostname: 'node-a',
        config: `
LoadPlugin exec
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin exec>
  ${execSaying(lines)}
</Plugin>
<Plugin network>
  Server "127.0.0.1" "${atA.port}"
  <Server "127.0.0.1" "${into}">
    ${secure.sender}
  </Server>
</Plugin>`,
      });
      await atA.record('the last value that A sends', isEnd);
      await atB.record('the last value that B got', isEnd);
      expect(a.complaints).toEqual([]);
      // what an Exec program says stands in the log: names that had to be changed, and nothing else
      expect(b.complaints.filter((line) => !line.includes('W! [collectd_in] Name holds bytes'))).toEqual([]);

      const expected = throughLines(atA.records);
      const seen = new Map(atB.records.map((record) => [record.identifier, record]));
      expect([...seen.keys()].sort()).toEqual([...expected.keys()].sort());
      expect(atB.records).toHaveLength(expected.size);
      for (const [identifier, { values, time, interval }] of expected) {
        const record = seen.get(identifier) as WireRecord;
        expect(record.values, identifier).toEqual(values);
        expect(nsOfCdtime(record.interval), identifier).toBe(nsOfCdtime(interval));
        const difference = nsOfCdtime(record.time) - nsOfCdtime(time);
        const tolerance = transport === 'network' ? 1n : TEXT_TOLERANCE_NS;
        expect(difference <= tolerance && -difference <= tolerance, `${identifier}: ${difference} ns`).toBe(true);
      }
      const counted = () =>
        [...readFileSync(`${folder}/statistics`, 'utf8').matchAll(/values_not_finite=(\d+)/g)].at(-1)?.[1];
      await vi.waitFor(() => expect(Number(counted())).toBe(withoutNumber(atA.records)), { timeout: PATIENCE_MS });
      atA.close();
      atB.close();
    },
  );
});

function isEnd({ identifier }: WireRecord): boolean {
  return identifier === END;
}
