import { readdirSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { InstalledGuide } from '../../support/collectd-guide.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { freeUdpPort } from '../../support/udp.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

const BURST = 100;
/** Of the second burst; a machine that does much else besides may need another try. */
const MOST_MS = 2_000;

describe.skipIf(missing)('crosslayer-notify under a real NotificationExec', () => {
  test('a burst arrives completely, once and within 2 s, as do those from before the start', { retry: 2 }, async ({
    collectd,
    start,
    file,
    folder,
    account,
    installed,
    execLine,
    ours,
  }) => {
    const instead = { '25826': await freeUdpPort() };
    const guide = new InstalledGuide(['Notifications with their meta data'], { folder, account, installed, instead });
    const script = guide.text(guide.runs[0]?.text ?? '').replace(/^install /, `install -o ${account.uid} `);
    expect(await start({ command: ['sh', '-ec', script] }).finished).toMatchObject({ code: 0 });
    const burst = (name: string) =>
      Array.from({ length: BURST }, (_, i) => {
        return `PUTNOTIF severity=warning time=1795278863.${i} host=h plugin=p type_instance=${name}${i} message="${name} ${i}" s:n=${i}\n`;
      }).join('');
    const feed = file(
      'feed.sh',
      `cat ${file('first', burst('first'))}
until [ -e ${folder}/go ]; do sleep 0.02; done
cat ${file('second', burst('second'))}
exec sleep 600
`,
    );
    const daemon = collectd({
      config: `${guide.include}\n<Plugin exec>\n  ${execLine(['sh', feed])}\n</Plugin>`,
      environment: guide.environment,
    });
    const spooled = () => readdirSync(`${folder}/var/spool/crosslayer/notifications`);
    await vi.waitFor(() => expect(spooled()).toHaveLength(BURST), { timeout: PATIENCE_MS });

    const config = `${folder}/etc/crosslayer/collectd-notifications.conf`;
    const receiver = start({ command: ours('collectd-in', '--config', config, '--host', 'pipe') });
    await receiver.stdout.atLeast(BURST);
    const startMs = performance.now();
    file('go', '');
    await receiver.stdout.atLeast(2 * BURST);
    expect(performance.now() - startMs).toBeLessThan(MOST_MS);
    const seen = receiver.stdout.lines.map((line) => /message="(\w+ \d+)".*n="(\d+)"/.exec(line)?.slice(1).join(' '));
    const expected = ['first', 'second'].flatMap((name) =>
      Array.from({ length: BURST }, (_, i) => `${name} ${i} ${i}`),
    );
    expect(seen.sort()).toEqual(expected.sort());
    await vi.waitFor(() => expect(spooled()).toEqual([]), { timeout: PATIENCE_MS });
    expect(daemon.complaints).toEqual([]);
  });
});
