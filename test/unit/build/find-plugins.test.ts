import { expect, test } from 'vitest';
import { findPlugins, pluginFolders } from '../../../shared/build/find-plugins.ts';
import { folderOf } from './folder.ts';

const definition = (name: string, kind = 'processor') =>
  `{ kind: '${kind}', name: '${name}', schema: { title: 'T.', type: 'object', additionalProperties: false, properties: {} } }`;

test('a plugin is a folder with a plugin.ts', async () => {
  const root = folderOf({
    'plugins/two/plugin.ts': `import { kind } from './kind.ts';\nexport const plugin = ${definition('two')};\nexport const other = { ...plugin, kind };`,
    'plugins/two/kind.ts': `export const kind: string = 'input';`,
    'plugins/none/schema.ts': '',
    'examples/write-a-plugin/one/plugin.ts': `export const plugin = ${definition('one', 'input')};\nexport const limit = 5;`,
  });
  expect(pluginFolders(root)).toEqual(['plugins/two', 'examples/write-a-plugin/one']);
  const found = await findPlugins(root);
  expect(
    found.map(({ name, definitions }) => [name, definitions.map((d) => [d.exportName, d.definition.kind])]),
  ).toEqual([
    [
      'two',
      [
        ['other', 'input'],
        ['plugin', 'processor'],
      ],
    ],
    ['one', [['plugin', 'input']]],
  ]);
});

test('a plugin is called like its folder', async () => {
  const root = folderOf({ 'plugins/two/plugin.ts': `export const plugin = ${definition('tow')};` });
  await expect(findPlugins(root)).rejects.toThrow('plugins/two defines "tow"; folder and plugin are called the same');
  const empty = folderOf({ 'plugins/two/plugin.ts': 'export const limit = 5;' });
  await expect(findPlugins(empty)).rejects.toThrow('plugins/two/plugin.ts exports no definition of a plugin');
});
