import { Ajv, type Options } from 'ajv';
import type { Catalogue, Configurable } from './catalogue.ts';
import { stageSchema } from './common-options.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { processSchema } from './process-schema.ts';
import type { ValueSchema } from './schema.ts';
import type { Validator } from './validator.ts';

/** How validators are compiled, here and by the build. */
export const AJV_OPTIONS: Options = { allErrors: true, useDefaults: true, strict: true, ownProperties: true };

/** Compiles a validator now, which takes some 10 ms: for tests and tools. Programs have theirs compiled by the build. */
export function compileValidator(schema: ValueSchema): Validator {
  return new Ajv(AJV_OPTIONS).compile(jsonSchemaOf(schema));
}

/** The catalogue of these definitions, with validators compiled when they are asked for: for tests and tools. */
export function catalogueOf<D extends Configurable>(definitions: readonly D[]): Catalogue<D> {
  return {
    entries: definitions.map((definition) => ({
      name: definition.name,
      kind: definition.kind,
      title: definition.schema.title,
      ...(definition.flags && { flags: definition.flags }),
      load: () => ({ definition, validate: compileValidator(stageSchema(definition)) }),
    })),
    loadProcessValidator: () => compileValidator(processSchema),
  };
}
