import type { Config } from './build-config.ts';
import type { Catalogue, Configurable } from './catalogue.ts';

/**
 * What `defaultConfig` would give, where the build has worked it out: nothing that reads and checks configurations is needed for it. Undefined for a
 * plugin that needs a configuration.
 */
export function preparedConfig<D extends Configurable>(catalogue: Catalogue<D>, plugin: string): Config<D> | undefined {
  const entry = catalogue.entries.find(({ name }) => name === plugin);
  if (!entry?.defaults || !catalogue.processDefaults) return undefined;
  const { definition } = entry.load();
  return { process: catalogue.processDefaults, stages: [{ definition, ...entry.defaults, alias: plugin }] };
}
