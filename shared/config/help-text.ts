import { optionRows } from './option-rows.ts';
import type { TableSchema } from './schema.ts';

/** The options of a table as indented lines for a terminal, e.g. under `--help`. */
export function optionHelp(schema: TableSchema): string {
  return optionRows(schema)
    .map(({ path, type, default: value, required, description }) => {
      const standard = required ? ', required' : value === '' ? '' : `, default ${value}`;
      return `  ${path} (${type}${standard})\n${wrap(description.replaceAll('`', '"'))}`;
    })
    .join('\n');
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 96) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`      ${word}`);
  }
  return lines.join('\n');
}
