import type { Configurable } from './catalogue.ts';
import { commonOptionsOf, tableOfKind } from './common-options.ts';
import { processSchema } from './process-schema.ts';
import type { TableSchema, ValueSchema } from './schema.ts';
import { tomlKey, tomlText } from './toml-text.ts';

/** Columns of a sample; longer descriptions are wrapped. */
const WIDTH = 100;

/** What a sample is made from. */
type Sampled = Pick<Configurable, 'name' | 'kind' | 'schema' | 'gathers'>;

/**
 * The sample configuration of a plugin in Telegraf's style: `##` explains, `# option = …` shows a default or an example, what is required stands
 * ready to be changed, tables come last. It is valid as it is, and with every `# ` taken away.
 */
export function sampleConf(plugin: Sampled): string {
  const { name, kind, schema } = plugin;
  const table = `${tableOfKind(kind)}.${name}`;
  const common = Object.keys(commonOptionsOf(plugin)).filter((option) => !(option in (schema.properties ?? {})));
  const hint = `Options of every stage besides: ${common.join(', ')}. Options of the process stand in [process]. All are in docs/reference/options.md.`;
  return [
    `# ${schema.title.replace(/\.$/, '')}`,
    `[[${table}]]`,
    ...indented([...optionBlocks(schema, table), wrapped(hint)].flatMap(separated)),
    '',
  ].join('\n');
}

/** A sample for a chain: the options of the process and of a stage, then every plugin's own sample. A chain has one input, so the others are shown only. */
export function sampleChain(plugins: readonly Sampled[]): string {
  const input = plugins.find(({ kind }) => kind === 'input');
  const common = {
    type: 'object',
    additionalProperties: false,
    properties: commonOptionsOf({ kind: 'processor' }),
  } as const;
  return [
    `# ${processSchema.title.replace(/\.$/, '')}`,
    '[process]',
    ...indented(optionBlocks(processSchema, 'process').flatMap(separated)),
    '',
    ...wrapped('What follows are the stages. Each can have these options, too:'),
    ...optionBlocks(common, `<kind>.<plugin>`).flatMap(separated).map(explaining),
    '',
    ...plugins.flatMap((plugin) => {
      if (plugin.kind !== 'input' || plugin === input) return [sampleConf(plugin)];
      const shown = sampleConf(plugin).trimEnd().split('\n').map(explaining);
      return [`## Instead of [[inputs.${input?.name}]], as a chain has one input:`, '##', ...shown, ''];
    }),
  ].join('\n');
}

/** One block of lines per option; tables last, since everything below a header belongs to it. */
function optionBlocks(schema: TableSchema, table: string): string[][] {
  const required = new Set(schema.required);
  const options = Object.entries(schema.properties ?? {});
  const values = options.filter(([, option]) => !isTables(option));
  const tables = options.filter(([, option]) => isTables(option));
  return [
    ...values.map(([name, option]) => valueBlock(name, option, required.has(name))),
    ...tables.map(([name, option]) => tableBlock(`${table}.${tomlKey(name)}`, option, required.has(name))),
  ];
}

function valueBlock(name: string, option: ValueSchema, required: boolean): string[] {
  const line = `${tomlKey(name)} = ${tomlText(shownValue(option))}`;
  return [...explanation(option), required ? line : `# ${line}`];
}

function tableBlock(table: string, option: ValueSchema, required: boolean): string[] {
  const isList = option.type === 'array';
  const schema = isList ? option.items : option;
  const header = isList ? `[[${table}]]` : `[${table}]`;
  const body = schema.type === 'object' ? tableBody(schema, table) : [];
  const lines = [header, ...indented(body)].map((line) => (required ? line : `# ${line}`.trimEnd()));
  return [...explanation(option), ...lines];
}

/** Everything in a table is shown as if it were wanted: who uncomments the table has an example that works. */
function tableBody(schema: TableSchema, table: string): string[] {
  const chosen = Object.entries(schema.examples?.[0] ?? {}).map(
    ([key, value]) => `${tomlKey(key)} = ${tomlText(value)}`,
  );
  const blocks = optionBlocks({ ...schema, required: Object.keys(schema.properties ?? {}) }, table);
  return [...chosen, ...blocks.flatMap(separated)];
}

function isTables(option: ValueSchema): boolean {
  return option.type === 'object' || (option.type === 'array' && option.items.type === 'object');
}

/** The default, else an example. */
function shownValue(option: ValueSchema): unknown {
  if ('default' in option && option.default !== undefined) return option.default;
  if ('examples' in option && option.examples?.[0] !== undefined) return option.examples[0];
  if ('enum' in option) return option.enum[0];
  return option.type === 'array' ? [] : option.type === 'boolean' ? false : '';
}

function explanation(option: ValueSchema): string[] {
  const meanings = 'enum' in option ? Object.entries(option.enumDescriptions ?? {}) : [];
  return [
    ...wrapped(option.description ?? ''),
    ...meanings.flatMap(([word, meaning]) => wrapped(`${word} -- ${meaning}`, '  ', '      ')),
  ];
}

function wrapped(text: string, first = '', next = first): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`## ${lines.length === 0 ? first : next}${word}`);
  }
  return lines;
}

/** A line of a block that is there to be read only. */
function explaining(line: string): string {
  return line === '' ? '##' : line.startsWith('##') ? line : `##   ${line.replace(/^# ?/, '')}`;
}

/** To be used with flatMap over blocks: a blank line before each but the first. */
function separated(block: readonly string[], index: number): string[] {
  return index === 0 ? [...block] : ['', ...block];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
