import { basename } from 'node:path';
import { describe, expect } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import { InstalledPage, type Page, pages } from '../../support/installed-page.ts';
import { processTest as test } from '../../support/process-test.ts';

const PAGES = pages();
const blocks = (wanted: (page: Page, block: Page['blocks'][number]) => boolean) =>
  PAGES.flatMap((page) =>
    page.blocks
      .filter((block) => wanted(page, block))
      .map((block) => ({ where: `${page.path}:${block.line}`, page, block })),
  );
const SHELL = blocks((_, block) => block.mark?.subject === 'shell');
/** Only pages that give the files by which the lines change. */
const DIFFS = blocks(
  (page, block) => block.language === 'diff' && page.blocks.some(({ mark }) => mark?.subject.endsWith('.conf')),
);

test('the README has a pipe in the shell and an example of lines before and after', () => {
  expect(SHELL.filter(({ page }) => page.path === 'README.md').length).toBeGreaterThan(0);
  expect(DIFFS.filter(({ page }) => page.path === 'README.md').length).toBeGreaterThan(0);
});

describe('a pipe in the shell', () => {
  test.for(SHELL)(
    '$where gives metrics, and those of a known interface are tagged',
    async ({ page, block }, { start, folder }) => {
      const installed = new InstalledPage(page, folder);
      const command = ['bash', '-eo', 'pipefail', '-c', installed.text(block.text)];
      const host = start({ command, environment: installed.environment });
      const metric = await host.stdout.line(/^[a-z_]+[, ].*=/);
      if (installed.interfaces.some((name) => metric.includes(`interface=${name}`)))
        expect(metric).toMatch(/,vm_(id|name)=/);
      expect(host.stderr.lines.filter((text) => !text.startsWith('I! '))).toEqual([]);
    },
  );
});

describe('lines before and after', () => {
  test.for(DIFFS)('$where are what comes out', async ({ page, block }, { start, folder }) => {
    const installed = new InstalledPage(page, folder);
    const [config = ''] = installed.configs;
    const subcommand = basename(config, '.conf');
    const rows = block.text.trimEnd().split('\n');
    const side = (sign: string) =>
      rows
        .filter((row) => row.startsWith(`${sign} `))
        .map((row) => `${row.slice(2)}\n`)
        .join('');
    expect(side('-')).not.toBe('');

    const host = start({ command: crosslayer(subcommand, '--config', installed.text(config)) });
    await host.write(side('-'));
    host.closeStdin();
    await host.finished;
    expect(host.stdout.raw).toBe(side('+'));
  });
});
