import { type OptionRow, optionRows } from './option-rows.ts';
import type { TableSchema } from './schema.ts';

/** The options of a table as a Markdown table. */
export function optionTable(schema: TableSchema): string {
  const rows = optionRows(schema);
  if (rows.length === 0) return 'There are no options.';
  return ['| Option | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows.map(tableRow)].join('\n');
}

/**
 * The text with what stands between `<!-- name:start -->` and `<!-- name:end -->` replaced.
 * @throws {Error} when the markers are not there, or only one of them
 */
export function replaceBetweenMarkers(text: string, name: string, content: string): string {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`There must be "${start}" and, behind it, "${end}"`);
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function tableRow({ path, type, default: value, required, description }: OptionRow): string {
  const standard = required ? 'required' : value === '' ? '' : `\`${value}\``;
  return `| \`${path}\` | ${type} | ${cell(standard)} | ${cell(description)} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
