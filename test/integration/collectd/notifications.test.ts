import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { InstalledGuide } from '../../support/collectd-guide.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { freeUdpPort, untilUdpPort } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

/** Two values are good, one is a warning, one a failure; then an event that no threshold makes. */
const FEED = `${[1, 4.5, 7, 1].map((value, i) => `PUTVAL node-a/p-i/gauge-x interval=1000 ${1_795_278_863 + i}.25:${value}`).join('\n')}
PUTNOTIF severity=failure time=1795278870.5 host="h o" plugin=p plugin_instance="ü, =" type=t message="a \\"q\\" \\\\ b é" s:key="v w" s:Other:1=x
`;
const NOTIFICATIONS = 5;

const THRESHOLD = `
LoadPlugin threshold
<Plugin threshold>
  <Type "gauge">
    Instance "x"
    WarningMax 3
    FailureMax 6
  </Type>
</Plugin>`;

describe.skipIf(missing)('notifications', () => {
  const ways = (['NotificationExec', 'network'] as const).flatMap((door) =>
    (['exec', 'unixsock', 'network'] as const).map((transport) => ({ door, transport })),
  );

  test.concurrent.for(ways)(
    'collectd → $door → lines → $transport → collectd',
    async ({ door, transport }, { collectd, start, file, folder, account, installed, execLine, execSaying, ours }) => {
      const [into, outOf] = [await freeUdpPort(), await freeUdpPort()];
      const guide = new InstalledGuide(['Notifications with their meta data'], {
        folder,
        account,
        installed,
        instead: { '25826': into },
      });
      const [install] = guide.runs;
      const script = guide.text(install?.text ?? '').replace(/^install /, `install -o ${account.uid} `);
      expect(await start({ command: ['sh', '-ec', script] }).finished).toMatchObject({ code: 0 });

      const socket = `${folder}/b.sock`;
      const doors = { exec: '', unixsock: `socket = "${socket}"`, network: `server = "udp://127.0.0.1:${outOf}"` };
      const receiver = {
        NotificationExec: readFileSync(`${folder}/etc/crosslayer/collectd-notifications.conf`, 'utf8'),
        network: `[[inputs.collectd_in]]\n  listen = ["udp://127.0.0.1:${into}"]\n`,
      };
      const chain = file(
        'chain.conf',
        `${receiver[door]}
[[outputs.collectd_out]]
  transport = "${transport}"
  ${doors[transport]}
  namepass = ["collectd_notification"]
`,
      );
      const command = ours('chain', '--config', chain);
      const observer = (name: string) => {
        mkdirSync(`${folder}/${name}`);
        chownSync(`${folder}/${name}`, account.uid, account.gid);
        const take = `f=${folder}/${name}/$$; cat > $f.new; mv $f.new $f.seen`;
        return execLine(['sh', '-c', take], 'NotificationExec');
      };
      const b = collectd({
        hostname: 'node-b',
        config: `
LoadPlugin exec
LoadPlugin unixsock
LoadPlugin network
<Plugin exec>
  ${observer('b')}
  ${transport === 'exec' ? execLine(command) : ''}
</Plugin>
<Plugin unixsock>
  SocketFile "${socket}"
  SocketPerms "0666"
  DeleteSocket true
</Plugin>
<Plugin network>
  Listen "127.0.0.1" "${outOf}"
</Plugin>`,
      });
      await b.ready();
      if (transport !== 'exec') start({ command: [...command, '--host', 'pipe'] });
      await untilUdpPort(into);

      const a = collectd({
        hostname: 'node-a',
        config: `${door === 'NotificationExec' ? guide.include : ''}
LoadPlugin exec
LoadPlugin network
${THRESHOLD}
<Plugin exec>
  ${observer('a')}
  ${execSaying(FEED)}
</Plugin>
<Plugin network>
  ${door === 'network' ? `Server "127.0.0.1" "${into}"` : ''}
</Plugin>`,
        environment: guide.environment,
      });
      const atB = await seen(`${folder}/b`);
      const atA = await seen(`${folder}/a`);
      const hasMeta = door === 'NotificationExec' && transport !== 'network';
      expect(atB).toEqual(atA.map(hasMeta ? throughLines : withoutMeta));
      expect(atA.join('')).toMatch(/^DataSource: value\nCurrentValue: 7\.000000e\+00\n/m);
      const complaints = [...a.complaints, ...b.complaints].filter((line) => !line.includes('No such group'));
      expect(complaints).toEqual([]);
    },
  );
});

/** All notifications that an observer was given, sorted, without what collectd adds to those that came over its network plugin. */
async function seen(folder: string): Promise<string[]> {
  const names = () => readdirSync(folder).filter((name) => name.endsWith('.seen'));
  await vi.waitFor(() => expect(names()).toHaveLength(NOTIFICATIONS), { timeout: PATIENCE_MS });
  return names()
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8').replace('network:received: true\n', ''))
    .sort();
}

/** Numbers of meta data are numbers in lines; a bound that is not there is NaN, which lines have not. */
function throughLines(text: string): string {
  const number = /^(\w+: )(-?\d\.\d{6}e[-+]\d\d)$/gm;
  return text.replaceAll(/^\w+: nan\n/gm, '').replaceAll(number, (_, name, value) => `${name}${Number(value)}`);
}

function withoutMeta(text: string): string {
  const [head = '', ...message] = text.split('\n\n');
  const KNOWN = /^(Severity|Time|Host|Plugin|PluginInstance|Type|TypeInstance): /;
  const kept = head.split('\n').filter((row) => KNOWN.test(row));
  return [kept.join('\n'), ...message].join('\n\n');
}
