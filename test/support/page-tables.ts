import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A table of a page for readers: the cells of its rows, with the heading that it stands under. */
export interface PageTable {
  readonly under: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page, in order. @param path from the root of the repository */
export function pageTables(path: string): PageTable[] {
  const text = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
  const tables: { under: string; columns: string[]; rows: string[][] }[] = [];
  let under = '';
  let open = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) under = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) {
      open = false;
      continue;
    }
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    const row = cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
    if (!open) tables.push({ under, columns: row, rows: [] });
    else if (!/^[-|\s]+$/.test(line)) tables.at(-1)?.rows.push(row);
    open = true;
  }
  return tables;
}

/** What stands between backticks in a cell. */
export function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string);
}
