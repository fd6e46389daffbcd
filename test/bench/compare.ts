/**
 * Feeds Telegraf's parser and collectd_in with the same recorded datagrams, and writes what each delivered to
 * docs/reference/collectd-compared.md.
 *
 *     npm run compare
 *
 * Exit status: 0, 2 when it could not run.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparisons } from './compare/comparison.ts';
import { comparisonPage } from './compare/page.ts';
import { telegrafPeer } from './peers.ts';
import { checkBuilt, packageRoot } from './setup.ts';

async function main(): Promise<void> {
  const root = packageRoot();
  checkBuilt({ root });
  const peer = telegrafPeer();
  if ('skipped' in peer) throw new Error(peer.skipped);
  const [telegraf = ''] = peer.command;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const run = { date: new Date(), crosslayer: version, telegraf: String(execFileSync(telegraf, ['--version'])).trim() };
  const page = comparisonPage(await comparisons(telegraf, root), run);
  writeFileSync(join(root, 'docs/reference/collectd-compared.md'), page);
}

main().catch((error: unknown) => {
  process.stderr.write(`compare: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
