import { isDeepStrictEqual } from 'node:util';
import { defaultConfig } from '../config/build-config.ts';
import type { Configurable } from '../config/catalogue.ts';
import { tableOfKind } from '../config/common-options.ts';
import { catalogueOf } from '../config/compile-validator.ts';
import { ConfigError } from '../config/errors.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { PROCESS_VALIDATOR, validatorFile } from './validators.ts';

const RUNTIME = 'shared/plugin/main.ts';
const READERS = 'shared/config/quick-config.ts';

/** The module that only a configuration needs, as the program imports it. */
export const CONFIGURATION = 'configuration';

/**
 * The program: `runProgram` of the runtime with a catalogue in which nothing is loaded yet. With `only`, of the other plugins just the names are
 * in it. What a configuration needs it imports as `written:configuration`.
 */
export function entryModule(plugins: readonly FoundPlugin[], version: string, only?: FoundPlugin): string {
  const entries = plugins.flatMap((plugin) =>
    plugin.definitions.map(({ exportName, definition }) => {
      const { name, kind, schema, flags } = definition;
      const isLoadable = only === undefined || plugin === only;
      const defaults = isLoadable ? preparedDefaults(definition)?.stage : undefined;
      const load = `{ definition: require('./${plugin.folder}/plugin.ts').${exportName}, get validate() { return validators['${tableOf(definition)}']; } }`;
      const properties = [
        `name: '${name}', kind: '${kind}', title: ${JSON.stringify(schema.title)}`,
        ...(flags ? [`flags: ${JSON.stringify(flags)}`] : []),
        ...(defaults ? [`defaults: ${defaults}`] : []),
        `load: () => (${isLoadable ? load : 'undefined'})`,
      ];
      return `    { ${properties.join(', ')} },`;
    }),
  );
  const definitions = plugins.flatMap((plugin) => plugin.definitions.map(({ definition }) => definition));
  const ofProcess = definitions.map(preparedDefaults).find((defaults) => defaults !== undefined)?.process;
  return [
    `import { runProgram } from './${RUNTIME}';`,
    'let validators;',
    'const catalogue = {',
    '  entries: [',
    ...entries,
    '  ],',
    ...(ofProcess ? [`  processDefaults: ${ofProcess},`] : []),
    '  loadProcessValidator: () => validators.process,',
    '};',
    'const loadConfiguration = async () => {',
    `  const configuration = await import('written:${CONFIGURATION}');`,
    '  ({ validators } = configuration);',
    '  return configuration;',
    '};',
    `runProgram({ version: ${JSON.stringify(version)}, catalogue, loadConfiguration }, process.argv.slice(2));`,
    '',
  ].join('\n');
}

/** What reads a configuration, and the validators of these plugins. */
export function configurationModule(plugins: readonly FoundPlugin[]): string {
  const definitions = plugins.flatMap((plugin) => plugin.definitions.map(({ definition }) => definition));
  return [
    `export { defaultConfig, quickConfig } from './${READERS}';`,
    `import process from './${PROCESS_VALIDATOR}';`,
    ...definitions.map((definition, i) => `import validate${i} from './${validatorFile(definition)}';`),
    'export const validators = {',
    '  process,',
    ...definitions.map((definition, i) => `  '${tableOf(definition)}': validate${i},`),
    '};',
    '',
  ].join('\n');
}

function tableOf({ kind, name }: Configurable): string {
  return `${tableOfKind(kind)}.${name}`;
}

/** The configuration of a plugin that is given none, as JSON; undefined where it needs one. */
function preparedDefaults(definition: Configurable): { process: string; stage: string } | undefined {
  try {
    const { name } = definition;
    const config = defaultConfig({ catalogue: catalogueOf([definition]), environment: {}, plugin: name });
    const [{ options, common } = { options: {}, common: {} }] = config.stages;
    return { process: asJson(config.process), stage: asJson({ options, common }) };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function asJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!isDeepStrictEqual(JSON.parse(text), structuredClone(value))) throw new Error(`JSON cannot say ${text}`);
  return text;
}
