import { expect, test } from 'vitest';
import { binEntries } from '../../../shared/build/executables.ts';
import type { FoundPlugin } from '../../../shared/build/find-plugins.ts';
import { configurationModule, entryModule } from '../../../shared/build/program-modules.ts';
import { defaultConfig } from '../../../shared/config/build-config.ts';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { dummyInput, fullPlugin, plainPlugin } from '../../support/dummy-plugins.ts';

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
  expect(entry).toContain(`return validators['processors.plain_plugin']`);
  expect(entry).toContain('version: "1.2.3"');
});

test('what only a configuration needs stands by itself', () => {
  const configuration = configurationModule(plugins);
  expect(configuration).toContain(`from './shared/config/validators/processors.plain_plugin.js'`);
  expect(configuration).toContain(`from './shared/config/validators/inputs.plain_plugin.js'`);
  expect(entryModule(plugins, '1.2.3')).not.toContain('validators/');
});

test('a plugin that needs no configuration brings what it has without one', () => {
  const definitions = [
    { exportName: 'plugin', definition: plainPlugin },
    { exportName: 'full', definition: fullPlugin },
  ];
  const entry = entryModule([{ name: 'plain_plugin', folder: 'plugins/plain_plugin', definitions }], '1.2.3');
  const [, plain] = /name: 'plain_plugin'.* defaults: (.*), load: /.exec(entry) ?? [];
  const { process, stages } = defaultConfig({
    catalogue: catalogueOf([plainPlugin]),
    environment: {},
    plugin: 'plain_plugin',
  });
  expect(JSON.parse(plain as string)).toEqual({ options: stages[0]?.options, common: stages[0]?.common });
  expect(JSON.parse(/processDefaults: (.*),/.exec(entry)?.[1] as string)).toEqual({ ...process });
  expect(entry).not.toMatch(/name: 'full_plugin'.* defaults: /);
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
  expect(entry).toContain(`flags: ${JSON.stringify(flags)}, `);
});
