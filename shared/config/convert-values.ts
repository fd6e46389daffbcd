import { parseDuration, secondsAsMs } from './duration.ts';
import type { ConfigErrorCode } from './errors.ts';
import { compileGlob, GlobError } from './glob.ts';
import { quoteValue } from './quote.ts';
import type { ValueSchema } from './schema.ts';
import { parseSize } from './size.ts';
import { pointerStep, type TomlTable, type TomlValue } from './toml-table.ts';

/** What the conversion needs to know besides the value. */
export interface ConversionContext {
  /** Whether an environment variable was put into the string at this pointer: it may then stand for a number or a boolean. */
  isExpanded(pointer: string): boolean;
  /** Reads a file with a secret; throws in words for an operator, also for one that is too long or no file. */
  readFile(path: string): string;
  report(code: ConfigErrorCode, pointer: string, message: string): void;
}

/**
 * A copy of what the file says in the units that stages want: durations in milliseconds, sizes in bytes, secrets read. What
 * cannot be converted is reported and left as it was.
 */
export function convertValues(
  schema: ValueSchema,
  value: TomlValue,
  pointer: string,
  context: ConversionContext,
): unknown {
  if (schema.type === 'object') {
    if (!isTable(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => {
      const itemSchema = optionSchema(schema, key);
      return [key, itemSchema ? convertValues(itemSchema, item, pointer + pointerStep(key), context) : item] as const;
    });
    return tableOf(entries);
  }
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return value;
    return value.map((item, i) => convertValues(schema.items, item, pointer + pointerStep(i), context));
  }
  if (schema.type === 'string' && 'format' in schema) return convertFormat(schema.format, value, pointer, context);
  if (schema.type !== 'string' && typeof value === 'string' && context.isExpanded(pointer))
    return fromVariable(schema.type, value);
  return value;
}

/** The schema of a key in a table: a named option's, or that of all chosen keys; undefined when it may not be there. */
export function optionSchema(schema: Extract<ValueSchema, { type: 'object' }>, key: string): ValueSchema | undefined {
  const { properties = {} } = schema;
  if (Object.hasOwn(properties, key)) return properties[key];
  return schema.additionalProperties === false ? undefined : schema.additionalProperties;
}

/** Whether the value is a table and not a list or a date. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function tableOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const table: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) table[key] = value;
  return table;
}

type Format = Extract<ValueSchema, { format: string }>['format'];

function convertFormat(format: Format, value: TomlValue, pointer: string, context: ConversionContext): unknown {
  switch (format) {
    case 'duration':
      if (typeof value === 'number' && Number.isFinite(value)) return secondsAsMs(value) ?? value;
      return measured(parseDuration, 'a duration such as "250ms", "10s" or "1h30m"', value, pointer, context);
    case 'size':
      return measured(parseSize, 'a size such as "512KiB", "64MiB" or "1GB"', value, pointer, context);
    case 'secret_file':
      return typeof value === 'string' ? readSecret(value, pointer, context) : value;
    case 'glob':
      if (typeof value === 'string') checkGlob(value, pointer, context);
      return value;
  }
}

function measured(
  parse: (text: string) => number | undefined,
  right: string,
  value: TomlValue,
  pointer: string,
  context: ConversionContext,
): unknown {
  if (typeof value !== 'string') return value;
  const converted = parse(value);
  if (converted === undefined) context.report('bad_value', pointer, `must be ${right}, but is ${quoteValue(value)}`);
  return converted ?? value;
}

function checkGlob(glob: string, pointer: string, context: ConversionContext): void {
  try {
    compileGlob(glob);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    context.report('bad_value', pointer, `is no glob: ${error.message} in ${quoteValue(glob)}`);
  }
}

function readSecret(path: string, pointer: string, context: ConversionContext): string {
  let content: string;
  try {
    content = context.readFile(path).trim();
  } catch (error) {
    context.report('unreadable_file', pointer, `names a file that cannot be read: ${(error as Error).message}`);
    return '';
  }
  if (content === '') context.report('unreadable_file', pointer, `names an empty file: ${quoteValue(path)}`);
  return content;
}

function fromVariable(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
