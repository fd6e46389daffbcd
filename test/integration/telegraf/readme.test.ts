import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { PROGRAM } from '../../support/crosslayer.ts';
import { processTest as test } from '../../support/process-test.ts';
import { type PageBlock, pageBlocks } from '../../support/readme-blocks.ts';
import { Feed, feedTable, requireTelegraf, Telegraf, withOwnAgent } from '../../support/telegraf.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { path: binary = '', missing } = await requireTelegraf();

/**
 * Does what a reader of the README does: copies the files, then the block for telegraf.conf. `/etc` and `/usr` are folders
 * of the test.
 */
describe('the README', () => {
  const blocks = pageBlocks(PAGE);
  const runs = (subject: string) => blocks.filter((block) => block.kind === 'run' && block.subject === subject);
  const files = blocks.filter((block) => block.kind === 'file');

  const installed = (folder: string, text: string) => text.replaceAll(/\/(etc|usr|run|var)\//g, `${folder}/$1/`);
  const install = (folder: string) => {
    for (const block of files) {
      const path = installed(folder, block.subject);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, installed(folder, block.text));
    }
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const place of ['bin', 'usr/bin', 'usr/local/bin']) {
      mkdirSync(join(folder, place), { recursive: true });
      for (const [name, target] of Object.entries(bin)) {
        symlinkSync(name === 'crosslayer' ? PROGRAM : join(ROOT, target), join(folder, place, name));
      }
    }
    return { PATH: `${folder}/bin:${process.env.PATH}` };
  };
  /** Interfaces that the static table of the page knows. */
  const interfaces = () =>
    files
      .flatMap((block) => [
        ...block.text.matchAll(/^\s*(?:interfaces?|if|name|key)\s*=.*?"((?:tap|qvo|veth|eth|vnet|ens)[\w.-]*)"/gm),
      ])
      .map((found) => found[1]);

  test('begins with a static table and a block for Telegraf', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(runs('telegraf').length).toBeGreaterThan(0);
    expect(runs('shell').length).toBeGreaterThan(0);
    expect(interfaces().length).toBeGreaterThan(0);
    for (const wanted of ['--host', 'restart_delay', 'influx_uint_support', 'skip_processors_after_aggregators']) {
      expect(PAGE).toContain(wanted);
    }
  });

  describe.skipIf(missing).each(runs('telegraf').map((block) => [block.line, block] as const))(
    'line %i under Telegraf',
    (_, block: PageBlock) => {
      test('gives tagged metrics', async ({ start, file, folder }) => {
        const environment = install(folder);
        const socket = `${folder}/feed.sock`;
        const config = withOwnAgent(installed(folder, block.text)) + feedTable(socket);
        const telegraf = new Telegraf(binary, { start, file }, { config, environment });
        if (block.text.includes('[[processors.execd]]')) {
          const feed = await Feed.open(telegraf, socket);
          for (const name of interfaces()) {
            await feed.write(`net,interface=${name} bytes_recv=1i\n`);
            const metric = await telegraf.metrics.line(`interface=${name}`);
            expect(metric).toMatch(/,(vm_id|vm_name|project_id|server|location)=/);
          }
        }
        if (block.text.includes('[[inputs.execd]]')) await telegraf.metrics.line(/^mem,/);
        await telegraf.stop();
        expect(telegraf.complaints).toEqual([]);
      });
    },
  );

  describe.each(runs('shell').map((block) => [block.line, block] as const))(
    'line %i in a shell',
    (_, block: PageBlock) => {
      test('gives metrics', async ({ start, folder }) => {
        const environment = install(folder);
        const host = start({ command: ['bash', '-eo', 'pipefail', '-c', installed(folder, block.text)], environment });
        await host.stdout.line(/^[a-z_]+,.*=.* \S+=/);
        expect(host.stderr.lines.filter((text) => !text.startsWith('I! '))).toEqual([]);
      });
    },
  );
});
