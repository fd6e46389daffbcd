import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type FoundPlugin, findPlugins } from '../../shared/build/find-plugins.ts';
import { staleFiles } from '../../shared/build/generated-files.ts';
import { catalogueOf } from '../../shared/config/compile-validator.ts';
import { CONFIG_ERROR_CODES } from '../../shared/config/errors.ts';
import { readConfig } from '../../shared/config/read-config.ts';
import { sampleChain, sampleConf } from '../../shared/config/sample-conf.ts';
import type { TableSchema } from '../../shared/config/schema.ts';
import { uncomment } from '../support/uncomment.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let plugins: FoundPlugin[];
beforeAll(async () => {
  plugins = await findPlugins(ROOT);
});

const definitionsOf = (found: readonly FoundPlugin[]) =>
  found.flatMap(({ definitions }) => definitions.map(({ definition }) => definition));

test('generated files are fresh; if not, run: npm run docs', () => {
  expect(staleFiles(ROOT, plugins).map(({ path }) => path)).toEqual([]);
});

test('every sample is valid as it is, and with everything uncommented', () => {
  const definitions = definitionsOf(plugins);
  const catalogue = catalogueOf(definitions);
  const read = (text: string, plugin?: string) =>
    readConfig(text, 'sample.conf', {
      catalogue,
      environment: {},
      readFile: () => 'secret',
      ...(plugin === undefined ? {} : { plugin }),
    });
  for (const definition of definitions) {
    const sample = sampleConf(definition);
    expect(read(sample, definition.name).stages).toHaveLength(1);
    expect(read(uncomment(sample), definition.name).stages).toHaveLength(1);
  }
  // of the inputs a chain has one
  const surplus = definitions.filter(({ kind }) => kind === 'input').length - 1;
  expect(read(sampleChain(definitions)).stages).toHaveLength(definitions.length - surplus);
});

test('every option has a description, and a default or an example', () => {
  const lacking = (schema: TableSchema, around: string): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
      const path = `${around}.${name}`;
      const inner = option.type === 'array' ? option.items : option;
      const below = inner.type === 'object' ? lacking(inner, path) : [];
      const shown = 'default' in option || 'examples' in option || 'enum' in option || inner.type === 'object';
      return [
        ...(option.description ? [] : [`${path}: description`]),
        ...(shown ? [] : [`${path}: example`]),
        ...below,
      ];
    });
  expect(definitionsOf(plugins).flatMap(({ name, schema }) => lacking(schema, name))).toEqual([]);
});

test('docs/reference/configuration-errors.md explains exactly the codes there are, in their order', () => {
  const page = readFileSync(join(ROOT, 'docs/reference/configuration-errors.md'), 'utf8');
  expect([...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code)).toEqual([...CONFIG_ERROR_CODES]);
});
