import { parseDuration } from './duration.ts';
import type { TableSchema, ValueSchema } from './schema.ts';
import { parseSize } from './size.ts';

/** Plain JSON Schema, as a validator compiler takes it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * The plain JSON Schema of what `convertValues` makes of a file: durations and sizes are numbers, secret files strings, and
 * everything that is only for readers is gone. Lists and tables that need nothing get a default, so that they are always there.
 */
export function jsonSchemaOf(schema: ValueSchema): JsonSchema {
  if (schema.type === 'object') return tableSchema(schema);
  if (schema.type === 'array') {
    const { type, minItems, maxItems, uniqueItems } = schema;
    return present({
      type,
      minItems,
      maxItems,
      uniqueItems,
      default: schema.default,
      items: jsonSchemaOf(schema.items),
    });
  }
  if (schema.type !== 'string') {
    const { description: _, ...rest } = schema;
    return present({ ...rest, examples: undefined });
  }
  if ('enum' in schema) return present({ type: 'string', enum: schema.enum, default: schema.default });
  if (!('format' in schema)) {
    const { type, minLength, maxLength, pattern } = schema;
    return present({ type, minLength, maxLength, pattern, default: schema.default });
  }
  if (schema.format === 'glob') return present({ type: 'string', minLength: 1, default: schema.default });
  if (schema.format === 'secret_file') return { type: 'string', minLength: 1 };
  const parse = schema.format === 'duration' ? parseDuration : parseSize;
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : parsed(parse, text);
  return present({
    type: 'number',
    minimum: number(schema.minimum) ?? 0,
    maximum: number(schema.maximum),
    default: number(schema.default),
  });
}

function tableSchema(schema: TableSchema): JsonSchema {
  const required = new Set(schema.required);
  const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const converted = jsonSchemaOf(value);
    const fill = required.has(name) ? undefined : emptyValue(value);
    return [name, 'default' in converted || fill === undefined ? converted : { ...converted, default: fill }];
  });
  return present({
    type: 'object',
    required: schema.required?.length ? schema.required : undefined,
    additionalProperties: schema.additionalProperties === false ? false : jsonSchemaOf(schema.additionalProperties),
    properties: Object.fromEntries(properties),
  });
}

function emptyValue(schema: ValueSchema): unknown {
  if (schema.type === 'array') return [];
  return schema.type === 'object' && !schema.required?.length ? {} : undefined;
}

function parsed(parse: (text: string) => number | undefined, text: string): number {
  const value = parse(text);
  if (value === undefined) throw new Error(`A schema gives "${text}" where a duration or size belongs`);
  return value;
}

function present(keywords: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}
