import { isTable, optionSchema } from './convert-values.ts';
import { formatDuration } from './duration.ts';
import type { ConfigErrorCode } from './errors.ts';
import { didYouMean } from './near-miss.ts';
import { quoteValue } from './quote.ts';
import type { TableSchema, ValueSchema } from './schema.ts';
import { formatSize } from './size.ts';
import { pointerStep } from './toml-table.ts';
import type { ValidationError } from './validator.ts';

/** What an operator is told of one error: which place, in which words. The pointer is relative to the table that was validated. */
export interface Explanation {
  readonly code: ConfigErrorCode;
  readonly pointer: string;
  readonly message: string;
}

/**
 * @param table the schema of the table that was validated
 * @param written what the file says there, before conversion
 */
export function explainError(error: ValidationError, table: TableSchema, written: unknown): Explanation {
  const { instancePath: pointer, keyword, params } = error;
  const steps = pointerSteps(pointer);
  const schema = schemaAt(table, steps);
  if (keyword === 'additionalProperties') return unknownOption(pointer, String(params.additionalProperty), schema);
  if (keyword === 'required') return missingOption(pointer, String(params.missingProperty), schema);

  const value = valueAt(written, steps);
  const be = (code: ConfigErrorCode, must: string): Explanation => ({
    code,
    pointer,
    message: `${optionName(steps)} must ${must}, but is ${quoteValue(value)}`,
  });
  switch (keyword) {
    case 'type':
      return be('wrong_type', `be ${kindOfValue(schema)}`);
    case 'enum': {
      const words = params.allowedValues as string[];
      const hint = typeof value === 'string' ? didYouMean(value, words) : '';
      const { message, ...rest } = be('bad_value', `be ${listOf(words.map((word) => JSON.stringify(word)))}`);
      return { ...rest, message: message + hint };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return be('bad_value', `be ${RELATIONS[keyword]} ${limitText(schema, params.limit as number)}`);
    case 'minLength':
      return be('bad_value', params.limit === 1 ? 'not be empty' : `have at least ${params.limit} characters`);
    case 'maxLength':
      return be('bad_value', `have at most ${params.limit} characters`);
    case 'pattern':
      return be('bad_value', `match ${params.pattern}`);
    case 'minItems':
      return {
        ...be('bad_value', ''),
        message: `${optionName(steps)} must have at least ${countOfItems(params.limit)}`,
      };
    case 'maxItems':
      return {
        ...be('bad_value', ''),
        message: `${optionName(steps)} must have at most ${countOfItems(params.limit)}`,
      };
    case 'uniqueItems':
      return {
        ...be('bad_value', ''),
        message: `${optionName(steps)} has the same item twice: ${quoteValue((value as unknown[])[params.i as number])}`,
      };
    default:
      return { code: 'bad_value', pointer, message: `${optionName(steps)} ${error.message ?? `fails "${keyword}"`}` };
  }
}

/** How an option is called in messages: `option "tags"`, `item 2 of option "tags"`. */
export function optionName(steps: readonly string[]): string {
  const last = steps.at(-1);
  if (last === undefined) return 'this table';
  if (!/^\d+$/.test(last)) return `option "${last}"`;
  return `item ${Number(last) + 1} of ${optionName(steps.slice(0, -1))}`;
}

/** The keys that a JSON pointer goes through. */
export function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const RELATIONS = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'more than',
  exclusiveMaximum: 'less than',
} as const;

function unknownOption(pointer: string, name: string, schema: ValueSchema | undefined): Explanation {
  const known = schema?.type === 'object' ? Object.keys(schema.properties ?? {}) : [];
  return {
    code: 'unknown_option',
    pointer: pointer + pointerStep(name),
    message: `unknown option ${quoteValue(name)}${didYouMean(name, known)}`,
  };
}

function missingOption(pointer: string, name: string, schema: ValueSchema | undefined): Explanation {
  const option = schema?.type === 'object' ? optionSchema(schema, name) : undefined;
  const example = option && 'examples' in option ? option.examples?.[0] : undefined;
  const hint =
    typeof example === 'string' || typeof example === 'number' ? `, e.g. ${name} = ${JSON.stringify(example)}` : '';
  return { code: 'missing_option', pointer, message: `option "${name}" is missing${hint}` };
}

function kindOfValue(schema: ValueSchema | undefined): string {
  switch (schema?.type) {
    case 'string':
      if (!('format' in schema)) return 'a string in quotes';
      if (schema.format === 'glob') return 'a glob in quotes';
      if (schema.format === 'duration') return 'a duration such as "250ms", "10s" or "1h30m"';
      return schema.format === 'size' ? 'a size such as "512KiB", "64MiB" or "1GB"' : 'the path of a file, in quotes';
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.items.type === 'object' ? 'a list of tables, written with [[ and ]]' : 'a list in [ and ]';
    default:
      return 'a table';
  }
}

function limitText(schema: ValueSchema | undefined, limit: number): string {
  if (schema?.type !== 'string' || !('format' in schema)) return String(limit);
  return schema.format === 'duration' ? formatDuration(limit) : formatSize(limit);
}

function countOfItems(limit: unknown): string {
  return limit === 1 ? 'one item' : `${limit} items`;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function schemaAt(table: TableSchema, steps: readonly string[]): ValueSchema | undefined {
  let schema: ValueSchema | undefined = table;
  for (const step of steps) {
    if (schema?.type === 'array') schema = schema.items;
    else schema = schema?.type === 'object' ? optionSchema(schema, step) : undefined;
  }
  return schema;
}

function valueAt(written: unknown, steps: readonly string[]): unknown {
  let value = written;
  for (const step of steps)
    value = Array.isArray(value) ? value[Number(step)] : isTable(value) ? value[step] : undefined;
  return value;
}
