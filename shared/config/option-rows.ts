import type { TableSchema, ValueSchema } from './schema.ts';
import { tomlText } from './toml-text.ts';

/** An option as a row of a table for readers. */
export interface OptionRow {
  /** With the tables around it: `limits.age`, `key[].tag`. */
  readonly path: string;
  readonly type: string;
  /** As TOML; empty where there is none. */
  readonly default: string;
  readonly required: boolean;
  readonly description: string;
}

/** All options of a table and of the tables in it, in the order of the schema. */
export function optionRows(schema: TableSchema, around = ''): OptionRow[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const path = around + name;
    const row = {
      path,
      type: typeName(option),
      default: 'default' in option && option.default !== undefined ? tomlText(option.default) : '',
      required: required.has(name),
      description: describe(option),
    };
    if (option.type === 'object') return [row, ...optionRows(option, `${path}.`)];
    return option.type === 'array' && option.items.type === 'object'
      ? [row, ...optionRows(option.items, `${path}[].`)]
      : [row];
  });
}

function typeName(option: ValueSchema): string {
  if (option.type === 'array')
    return option.items.type === 'object' ? 'tables' : `list of ${plural(typeName(option.items))}`;
  if (option.type === 'object')
    return option.additionalProperties === false
      ? 'table'
      : `table of ${plural(typeName(option.additionalProperties))}`;
  if ('enum' in option) return 'word';
  if ('format' in option) return option.format === 'secret_file' ? 'path of a secret' : option.format;
  return option.type;
}

function plural(type: string): string {
  return type.startsWith('list of ') ? `lists of ${type.slice(8)}` : `${type}s`;
}

function describe(option: ValueSchema): string {
  const { description = '' } = option;
  const words = enumOf(option);
  if (words === undefined) return description;
  const meanings = words.enumDescriptions ?? {};
  const list = words.enum.map((word) =>
    Object.hasOwn(meanings, word) ? `\`${word}\`: ${meanings[word]}` : `\`${word}\``,
  );
  return `${description} ${list.join(Object.keys(meanings).length > 0 ? '; ' : ', ')}.`.trim();
}

function enumOf(option: ValueSchema): Extract<ValueSchema, { enum: unknown }> | undefined {
  if ('enum' in option) return option;
  return option.type === 'array' && 'enum' in option.items ? option.items : undefined;
}
