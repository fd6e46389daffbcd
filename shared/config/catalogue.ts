import type { StageKind } from './common-options.ts';
import type { OptionSchema } from './schema.ts';
import type { Validator } from './validator.ts';

/** What the configuration needs to know of a plugin. */
export interface Configurable {
  readonly name: string;
  readonly kind: StageKind;
  readonly schema: OptionSchema;
  /** Relations between options that a schema cannot say: problems as [option path, message], e.g. `['limits.age', 'must not exceed timeout']`. */
  check?(options: never): [path: string, message: string][];
}

/** A plugin that a program contains, not loaded until it is asked for. */
export interface CatalogueEntry<D extends Configurable> {
  readonly name: string;
  readonly kind: StageKind;
  /** The schema's title, for the list of plugins. */
  readonly title: string;
  load(): { readonly definition: D; readonly validate: Validator };
}

/** The plugins of a program; the build writes it from the folders. */
export interface Catalogue<D extends Configurable> {
  readonly entries: readonly CatalogueEntry<D>[];
  /** Validator of `processSchema`. */
  loadProcessValidator(): Validator;
}
