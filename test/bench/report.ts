import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { type Figure, keeps, type Measured, type Results, ROWS, type Row, type RowName, verdict } from './figures.ts';
import { onPath } from './measure/on-path.ts';

/** Rows of a table: what, must, goal, ours, verdict. */
export type TableRow = [what: string, must: string, goal: string, ours: string, verdict: string];

/** What stands behind the rows, as list items. */
function details(results: Results): string[] {
  return (Object.keys(ROWS) as RowName[]).flatMap((name) => {
    const text = results[name]?.details;
    return text === undefined ? [] : [`- \`${name}\`: ${text}`];
  });
}

const bound = (value: number | undefined) => (value === undefined ? '–' : String(value));
const list = (texts: readonly string[]) => (texts.every((text) => text === '–') ? '–' : texts.join(', '));

function shown(value: number | undefined, { must }: Figure): string {
  if (value === undefined) return '–';
  const digits = value >= 10 || (must ?? 1) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function said(row: Row, measured: Measured): string {
  const { values, skipped } = measured;
  const missing = skipped === undefined ? '' : `, skipped, because ${skipped}`;
  const result = verdict(row, measured);
  if (result === 'skipped') return `skipped, because ${skipped}`;
  if (row.figures.every(({ must }) => must === undefined)) return `for comparison${missing}`;
  const goals = row.figures.filter(
    ({ goal }, i) => goal !== undefined && keeps(row, goal, values[i] ?? Number.NaN),
  ).length;
  const reached =
    goals === 0
      ? 'goal not reached'
      : goals === row.figures.length
        ? 'goal reached'
        : `goal reached in ${goals} of ${row.figures.length}`;
  return `${result}${missing}; ${reached}`;
}

/** The table of the rows that were measured, in the order of `ROWS`. */
export function table(results: Results): TableRow[] {
  return (Object.keys(ROWS) as RowName[]).flatMap((name) => {
    const row: Row = ROWS[name];
    const measured = results[name];
    if (!measured) return [];
    const labels = row.figures.map(({ label }) => label).join(', ');
    const what = `${row.what} (${labels}${row.unit === '' ? '' : `; ${row.unit}`})`;
    const column = (of: (figure: Figure, i: number) => string) => list(row.figures.map(of));
    const ours = column((figure, i) => shown(measured.values[i], figure));
    return [[what, column(({ must }) => bound(must)), column(({ goal }) => bound(goal)), ours, said(row, measured)]];
  });
}

/** For a terminal. */
export function asText(results: Results): string {
  const rows = table(results).map(
    ([what, must, goal, ours, said]) => `${what}\n    must ${must}   goal ${goal}   ours ${ours}   ${said}`,
  );
  return `${[...rows, '', ...details(results)].join('\n')}\n`;
}

function version(program: string, flag: string): string | undefined {
  if (!onPath(program)) return undefined;
  return String(execFileSync(program, [flag]))
    .trim()
    .split('\n')[0];
}

/** What the figures depend on besides the code. */
function machine(): string[] {
  const [cpu] = cpus();
  const libc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime;
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Linux ${release()}, glibc ${libc ?? 'unknown'}`,
    `Node ${process.version}`,
    ...[version('go', 'version'), version('python3', '--version')].filter((text) => text !== undefined),
  ];
}

/** The page `docs/reference/performance.md`. */
export function asPage(results: Results, { root, date, command, megabytes, rounds }: Run): string {
  const { version: crosslayer } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string };
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = table(results).map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return `# Performance

Written by \`${command}\`; do not edit. How it is measured: \`test/bench/README.md\`. Read the ratios: seconds depend on the
machine and on what else it does.

- crosslayer ${crosslayer}, ${date.toISOString().slice(0, 10)}, workloads of ${megabytes} MB, ${rounds} rounds
${machine()
  .map((line) => `- ${line}`)
  .join('\n')}

| what | must | goal | ours | |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Behind the figures (CPU seconds are medians):

${details(results).join('\n')}
`;
}

/** How the figures came about. */
export interface Run {
  root: string;
  date: Date;
  command: string;
  megabytes: number;
  rounds: number;
}
