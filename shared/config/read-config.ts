import { buildConfig, type Config, type ConfigOptions } from './build-config.ts';
import type { Configurable } from './catalogue.ts';
import { ConfigError } from './errors.ts';
import { readToml, TomlSyntaxError } from './toml-document.ts';
import type { TomlDocument } from './toml-table.ts';

/**
 * Reads a configuration. Import this module only when `quickConfig` leaves a text to it: it brings a TOML parser that takes longer to load than all else
 * that a configuration needs.
 * @throws {ConfigError} with every problem there is; of a text that is not TOML, the first
 */
export function readConfig<D extends Configurable>(
  text: string,
  fileName: string,
  options: ConfigOptions<D>,
): Config<D> {
  // a byte order mark, as some editors write it, is no part of TOML
  return buildConfig(parse(text.replace(/^\uFEFF/, ''), fileName), fileName, options);
}

function parse(text: string, fileName: string): TomlDocument {
  try {
    return readToml(text);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    const message = `${error.message} (column ${error.column})`;
    throw new ConfigError(fileName, [{ code: 'syntax', line: error.line, message }]);
  }
}
