import { createSocket } from 'node:dgram';
import { chownSync, mkdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { InstalledPage, type Page, pages } from '../../support/installed-page.ts';
import { Feed, feedTable, requireTelegraf, Telegraf, withOwnAgent } from '../../support/telegraf.ts';
import { freeUdpPort, untilUdpPort, WireRecorder } from '../../support/udp.ts';
import { writeWire } from '../../support/write-wire.ts';

const collectd = await requireCollectd();
const telegraf = await requireTelegraf();
const test = collectdTest(collectd.path ?? '');

const NS = 1_795_278_863_123_456_789n;

/** The page of a plugin, and its block for telegraf.conf. */
function pageOf(plugin: string): { page: Page; block: string } {
  const page = pages().find(({ path }) => path === `plugins/${plugin}/README.md`) as Page;
  const block = page.blocks.find(({ language, text }) => language === 'toml' && /^\[\[\w+\.execd\]\]/m.test(text));
  return { page, block: block?.text ?? '' };
}

describe.skipIf(telegraf.missing)('plugins/collectd_in/README.md', () => {
  test('its block for telegraf.conf receives', async ({ start, file, folder }) => {
    const { page, block } = pageOf('collectd_in');
    const installed = new InstalledPage(page, folder);
    const port = await freeUdpPort();
    // the page takes the usual port, which somebody may have
    const own = file('collectd-in.conf', `[[inputs.collectd_in]]\n  listen = ["udp://127.0.0.1:${port}"]\n`);
    const config = withOwnAgent(installed.text(block)).replace('"--host", "telegraf"', `$&, "--config", "${own}"`);
    const agent = new Telegraf(telegraf.path ?? '', { start, file }, { config, environment: installed.environment });
    await untilUdpPort(port);
    await untilUdpPort(port);
    const identifier = { host: 'h', plugin: 'p', plugin_instance: 'i', type: 'derive', type_instance: '' };
    const socket = createSocket('udp4');
    socket.send(writeWire({ ...identifier, timeNs: NS, values: [['derive', 1n]] }), port, '127.0.0.1');
    expect(await agent.metrics.line('collectd_p')).toBe(
      `collectd_p,host=h,plugin_instance=i,type=derive value=1i ${NS}`,
    );
    socket.close();
    await agent.stop();
    expect(agent.complaints).toEqual([]);
  });
});

describe.skipIf(telegraf.missing ?? collectd.missing)('plugins/collectd_out/README.md', () => {
  test('its block for telegraf.conf delivers', async ({ collectd, start, file, folder, account }) => {
    const { page, block } = pageOf('collectd_out');
    const installed = new InstalledPage(page, folder);
    const recorder = await WireRecorder.open();
    mkdirSync(`${folder}/var/run`);
    chownSync(`${folder}/var/run`, account.uid, account.gid);
    const daemon = collectd({
      config: `
LoadPlugin unixsock
<LoadPlugin network>
  FlushInterval 0.1
</LoadPlugin>
<Plugin network>
  Server "127.0.0.1" "${recorder.port}"
</Plugin>
<Plugin unixsock>
  SocketFile "${folder}/var/run/collectd-unixsock"
</Plugin>`,
    });
    await daemon.ready();
    const socket = `${folder}/feed.sock`;
    const config = withOwnAgent(installed.text(block)) + feedTable(socket);
    const agent = new Telegraf(telegraf.path ?? '', { start, file }, { config, environment: installed.environment });
    const feed = await Feed.open(agent, socket);
    await feed.write(`mem,host=h used=5i ${NS}\n`);
    const { values } = await recorder.record('the value', ({ identifier }) => identifier === 'h/memory/memory-used');
    expect(values).toEqual(['gauge:4014000000000000']);
    await agent.stop();
    expect(agent.complaints).toEqual([]);
    recorder.close();
  });
});
