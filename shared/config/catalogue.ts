import type { CommonOptions, StageKind } from './common-options.ts';
import type { ProcessOptions } from './process-schema.ts';
import type { OptionSchema } from './schema.ts';
import type { Validator } from './validator.ts';

/** A flag of the command line that only one plugin knows. */
export interface PluginFlag {
  /** As the help has it: `--decode FILE`, or `--name` for one without a value. */
  readonly usage: string;
  readonly description: string;
}

/** What the configuration needs to know of a plugin. */
export interface Configurable {
  readonly name: string;
  readonly kind: StageKind;
  readonly schema: OptionSchema;
  /** Flags besides those that every plugin has. */
  readonly flags?: readonly PluginFlag[];
  /** False for an input that has no `gather`, such as one that listens: it has no option `interval`. */
  readonly gathers?: false;
  /** Relations between options that a schema cannot say: problems as [option path, message], e.g. `['limits.age', 'must not exceed timeout']`. */
  check?(options: never): [path: string, message: string][];
}

/** A plugin that a program contains, not loaded until it is asked for. */
export interface CatalogueEntry<D extends Configurable> {
  readonly name: string;
  readonly kind: StageKind;
  /** The schema's title, for the list of plugins. */
  readonly title: string;
  /** The definition's, so that the command line can be read before a plugin is loaded. */
  readonly flags?: readonly PluginFlag[];
  /** What a stage gets without any configuration, where somebody worked it out before; see `preparedConfig`. */
  readonly defaults?: { readonly options: unknown; readonly common: CommonOptions };
  load(): { readonly definition: D; readonly validate: Validator };
}

/** The plugins of a program; the build writes it from the folders. */
export interface Catalogue<D extends Configurable> {
  readonly entries: readonly CatalogueEntry<D>[];
  readonly processDefaults?: ProcessOptions;
  /** Validator of `processSchema`. */
  loadProcessValidator(): Validator;
}
