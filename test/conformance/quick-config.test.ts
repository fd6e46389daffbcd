import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findPlugins } from '../../shared/build/find-plugins.ts';
import { catalogueOf } from '../../shared/config/compile-validator.ts';
import { readPlainToml } from '../../shared/config/plain-toml.ts';
import { quickConfig } from '../../shared/config/quick-config.ts';
import { readConfig } from '../../shared/config/read-config.ts';
import { sampleChain, sampleConf } from '../../shared/config/sample-conf.ts';
import { readToml } from '../../shared/config/toml-document.ts';
import { crosslayer } from '../support/crosslayer.ts';
import { pageBlocks } from '../support/page-blocks.ts';
import { processTest } from '../support/process-test.ts';
import { uncomment } from '../support/uncomment.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function filesOf(ending: string): string[] {
  const inFolder = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(ROOT, folder, path));
  return ['docs', 'plugins', 'examples'].flatMap(inFolder).filter((path) => path.endsWith(ending));
}

test('every TOML file and every block of a page says the same to both parsers', () => {
  const pages = [join(ROOT, 'README.md'), ...filesOf('.md')].flatMap((path) => pageBlocks(readFileSync(path, 'utf8')));
  const files = [...filesOf('.conf'), ...filesOf('.toml')].map((path) => readFileSync(path, 'utf8'));
  const texts = [...pages.filter(({ language }) => language === 'toml').map(({ text }) => text), ...files];
  const plain = texts.filter((text) => {
    const document = readPlainToml(text);
    if (document) expect(document.root, text).toEqual(readToml(text).root);
    return document !== undefined;
  });
  // the quick way is the usual one
  expect(plain.length / texts.length).toBeGreaterThan(0.8);
});

test('every sample gives the same configuration in both ways', async () => {
  const definitions = (await findPlugins(ROOT)).flatMap((found) =>
    found.definitions.map(({ definition }) => definition),
  );
  const catalogue = catalogueOf(definitions);
  const check = (text: string, plugin?: string) => {
    const options = { catalogue, environment: {}, readFile: () => 'secret', ...(plugin !== undefined && { plugin }) };
    expect(quickConfig(text, options), text).toStrictEqual(readConfig(text, 'sample.conf', options));
  };
  for (const definition of definitions) {
    check(sampleConf(definition), definition.name);
    if (readPlainToml(uncomment(sampleConf(definition)))) check(uncomment(sampleConf(definition)), definition.name);
  }
  check(sampleChain(definitions));
});

processTest('a secret from a pipe is read once, whoever reads the configuration', async ({ start, file }) => {
  const config = file('out.conf', '[[outputs.collectd_out]]\npassword_file = "/dev/stdin"\nnonsense = 1\n');
  const words = crosslayer('collectd-out', '--config', config, '--host', 'telegraf');
  const host = start({ command: ['sh', '-c', 'printf secret | "$0" "$@"', ...words] });
  expect(await host.finished).toEqual({ code: 2, signal: null });
  expect(host.stderr.lines).toEqual([expect.stringContaining('out.conf:3: unknown option "nonsense"')]);
});
