import { buildConfig, type Config, type ConfigOptions } from './build-config.ts';
import type { Configurable } from './catalogue.ts';
import { ConfigError } from './errors.ts';
import { readPlainToml } from './plain-toml.ts';

export { defaultConfig } from './build-config.ts';

/**
 * What `readConfig` gives, in less time, for a configuration that is plain and right; undefined for all others. A start loads `readConfig` only for
 * those: its parser knows lines, in which nobody is interested who made no mistake.
 */
export function quickConfig<D extends Configurable>(text: string, options: ConfigOptions<D>): Config<D> | undefined {
  const document = readPlainToml(text.replace(/^\uFEFF/, ''));
  if (document === undefined) return undefined;
  try {
    return buildConfig(document, '', options);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
