import { expect, test } from 'vitest';
import { binEntries, entryModule } from '../../../shared/build/executables.ts';
import type { FoundPlugin } from '../../../shared/build/find-plugins.ts';
import { dummyInput, plainPlugin } from '../../support/dummy-plugins.ts';

const plugins: FoundPlugin[] = [
  {
    name: 'plain_plugin',
    folder: 'plugins/plain_plugin',
    definitions: [
      { exportName: 'plugin', definition: plainPlugin },
      { exportName: 'input', definition: { ...dummyInput, name: 'plain_plugin' } },
    ],
  },
];

test('the program loads a plugin only when it is asked for', () => {
  const entry = entryModule(plugins, '1.2.3');
  expect(entry.match(/^import /gm)).toHaveLength(1);
  expect(entry).toContain(`load: () => ({ definition: require('./plugins/plain_plugin/plugin.ts').plugin,`);
  expect(entry).toContain(`validate: require('./shared/config/validators/processors.plain_plugin.js').default`);
  expect(entry).toContain(`validate: require('./shared/config/validators/inputs.plain_plugin.js').default`);
  expect(entry).toContain('version: "1.2.3"');
});

test('every plugin has one executable, whatever kinds it is', () => {
  expect(binEntries(plugins)).toEqual({
    crosslayer: 'dist/bin/crosslayer.cjs',
    'crosslayer-plain-plugin': 'dist/bin/crosslayer-plain-plugin.cjs',
  });
});

test('a script of a plugin is installed as it stands', () => {
  const [plugin] = plugins as [FoundPlugin];
  expect(binEntries([{ ...plugin, scripts: ['crosslayer-notify'] }])['crosslayer-notify']).toBe(
    'plugins/plain_plugin/crosslayer-notify',
  );
});

test('the flags of a plugin are known before it is loaded', () => {
  const flags = [{ usage: '--decode FILE', description: 'Reads it.' }];
  const definitions = [{ exportName: 'plugin', definition: { ...plainPlugin, flags } }];
  const entry = entryModule([{ name: 'plain_plugin', folder: 'plugins/plain_plugin', definitions }], '1.2.3');
  expect(entry).toContain(`flags: ${JSON.stringify(flags)}, load: `);
});
