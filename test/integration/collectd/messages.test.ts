import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { pageTables, quoted } from '../../support/page-tables.ts';
import { freeUdpPort } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

const [table] = pageTables('docs/guide/collectd.md').filter(({ columns }) => columns[0] === 'Message');
const MESSAGES = (table?.rows ?? []).flatMap(([cell = '']) => quoted(cell));

/** A daemon with a mistake for each message of the page, and one that sends to it with others. */
describe.skipIf(missing)('docs/guide/collectd.md', () => {
  test('the messages of collectd that it explains are what collectd says', async ({
    collectd,
    execLine,
    file,
    folder,
  }) => {
    const busy = createSocket('udp4').bind(0, '127.0.0.1');
    await once(busy, 'listening');
    const [encrypted, signed] = [await freeUdpPort(), await freeUdpPort()];
    const auth = file('auth', 'alice: right\n');
    const lines = file('lines', '# no command\nPUTVAL h/p/gauge 1700000000:1\nPUTVAL h/p/gauge 1700000000:1\n');
    const listen = (port: number, level: string) =>
      `<Listen "127.0.0.1" "${port}">\n SecurityLevel ${level}\n AuthFile "${auth}"\n</Listen>\n`;
    const daemon = collectd({
      config: `
LoadPlugin csv
LoadPlugin exec
LoadPlugin network
LoadPlugin unixsock
<Plugin unixsock>
  SocketFile "${folder}/sock"
  SocketGroup "nosuchgroup"
</Plugin>
<Plugin exec>
  ${execLine(['cat', lines])}
  ${execLine(['sh', '-c', 'echo "E! trouble" >&2'])}
  Exec "root" "/bin/true"
  Exec "nosuchuser" "/bin/true"
</Plugin>
<Plugin network>
  Listen "127.0.0.1" "${busy.address().port}"
  ${listen(encrypted, 'Encrypt')}
  ${listen(signed, 'Sign')}
</Plugin>`,
    });
    await daemon.ready();
    const server = (port: number, level: string, user: string) =>
      `<Server "127.0.0.1" "${port}">\n SecurityLevel ${level}\n Username "${user}"\n Password "wrong"\n</Server>\n`;
    collectd({
      hostname: 'node-a',
      config: `
LoadPlugin load
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin network>
  Server "127.0.0.1" "${encrypted}"
  ${server(encrypted, 'Encrypt', 'alice')}
  ${server(encrypted, 'Encrypt', 'bob')}
  ${server(signed, 'Sign', 'alice')}
  ${server(signed, 'Sign', 'bob')}
</Plugin>`,
    });
    expect(MESSAGES.length).toBeGreaterThan(10);
    for (const message of MESSAGES) {
      const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      await daemon.log.line(new RegExp(`^\\[(error|warning|notice|info)\\] ${parts.join('.+')}`));
    }
    busy.close();
  });
});
