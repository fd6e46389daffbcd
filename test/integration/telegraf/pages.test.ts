import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { InstalledPage, pages } from '../../support/installed-page.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { processTest as test } from '../../support/process-test.ts';
import { Feed, feedTable, requireTelegraf, Telegraf, withOwnAgent } from '../../support/telegraf.ts';

const { path: binary = '', missing } = await requireTelegraf();

// those of the collectd plugins run beside a collectd, in test/integration/collectd/plugin-pages.test.ts
const PAGES = pages().filter(({ path }) => !path.startsWith('plugins/collectd_'));
const EXECD = /^\[\[(inputs|processors|outputs)\.execd\]\]/m;
const BLOCKS = PAGES.flatMap((page) =>
  page.blocks
    .filter((block) => block.mark?.subject === 'telegraf' || (block.language === 'toml' && EXECD.test(block.text)))
    .map((block) => ({ where: `${page.path}:${block.line}`, page, block })),
);
/** What topology and context add. */
const TAG = /,(vm_id|vm_name|project_id|server|location|sfc)=/;

test('the README has a table that knows an interface, and a block for each kind that it promises', ({ folder }) => {
  const [page] = PAGES.filter(({ path }) => path === 'README.md');
  expect(page && new InstalledPage(page, folder).interfaces.length).toBeGreaterThan(0);
  const readme = BLOCKS.filter(({ page }) => page.path === 'README.md').map(({ block }) => block.text);
  expect(readme.filter((text) => text.includes('[[processors.execd]]')).length).toBeGreaterThan(0);
  expect(readme.filter((text) => text.includes('[[inputs.execd]]')).length).toBeGreaterThan(0);
  for (const text of readme) expect(text).toMatch(/"--host", "telegraf"/);
  for (const text of readme.filter((block) => block.includes('[[processors.execd]]'))) {
    for (const option of ['restart_delay', 'influx_uint_support', 'skip_processors_after_aggregators']) {
      expect(text).toContain(option);
    }
  }
});

/** Does what a reader does: makes the page's files and copies the block into telegraf.conf. */
describe.skipIf(missing)('a block for telegraf.conf', () => {
  test.for(BLOCKS)('$where works as it stands', async ({ page, block }, { start, file, folder }) => {
    const installed = new InstalledPage(page, folder);
    const { environment, interfaces } = installed;
    const socket = `${folder}/feed.sock`;
    const isOutput = block.text.includes('[[outputs.execd]]');
    const config = withOwnAgent(installed.text(block.text)) + feedTable(socket);
    const telegraf = new Telegraf(binary, { start, file }, { config, environment });
    const feed = await Feed.open(telegraf, socket);
    // a page without a table of its own passes lines on
    for (const name of interfaces.length > 0 ? interfaces : ['eth0']) {
      await feed.write(`net,interface=${name} bytes_recv=1i\n`);
      const metric = await telegraf.metrics.line(`interface=${name}`);
      if (interfaces.length > 0 && block.text.includes('[[processors.execd]]')) expect(metric).toMatch(TAG);
    }
    if (isOutput) await appears(`${folder}/var/lib/crosslayer`, 'bytes_recv=1i');
    if (block.text.includes('[[inputs.execd]]')) await telegraf.metrics.line(/^mem,/);
    await telegraf.stop();
    expect(telegraf.complaints).toEqual([]);
  });
});

/** Resolves when a file in the folder holds the text. */
async function appears(folder: string, text: string): Promise<void> {
  const has = (name: string) => readFileSync(`${folder}/${name}`, 'latin1').includes(text);
  await vi.waitFor(() => expect(readdirSync(folder).some(has)).toBe(true), { timeout: PATIENCE_MS });
}
