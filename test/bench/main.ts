/**
 * Measures what a line costs, against other programs in the same run, and says which of the required figures hold.
 *
 *     npm run bench                         all rows; writes docs/reference/performance.md
 *     npm run bench -- --quick              smaller files, fewer rounds; writes nothing
 *     npm run bench -- --only pass-through  rows by name, several separated by commas; writes nothing. "collectd" means
 *                                           all rows whose names begin so
 *     npm run bench -- --list               the names
 *
 * Exit status: 0, 1 when a required figure fails (a goal may), 2 when it could not run.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Results, ROWS, type RowName, verdict } from './figures.ts';
import { processors } from './measure/processors.ts';
import { asPage, asText } from './report.ts';
import { chainRows } from './rows/chain.ts';
import { collectdDecodeRows } from './rows/collectd-decode.ts';
import { collectdDelayRow } from './rows/collectd-delay.ts';
import { collectdExecRows } from './rows/collectd-exec.ts';
import { collectdFloodRow } from './rows/collectd-flood.ts';
import { memoryRow } from './rows/memory.ts';
import { paceRows } from './rows/pace.ts';
import { parseRows } from './rows/parse.ts';
import { replacementRow } from './rows/replacement.ts';
import { scriptRows } from './rows/scripts.ts';
import { startRow } from './rows/start.ts';
import { taggerRows, telegrafLinesRow } from './rows/tagger.ts';
import { telegrafRow } from './rows/telegraf.ts';
import { type Bench, checkBuilt, packageRoot } from './setup.ts';

/** Parts of the benchmark, and the rows that each yields. */
const PARTS: readonly {
  rows: readonly RowName[];
  measure: (bench: Bench, rows: readonly RowName[]) => Results | Promise<Results>;
}[] = [
  { rows: ['pass-through', 'go', 'shim'], measure: taggerRows },
  { rows: ['python', 'npm_filter'], measure: scriptRows },
  { rows: ['telegraf_lines'], measure: telegrafLinesRow },
  { rows: ['processes', 'chain'], measure: chainRows },
  { rows: ['typed_parse', 'points_parse', 'go_parse'], measure: parseRows },
  { rows: ['start'], measure: startRow },
  { rows: ['wake_ups', 'delay'], measure: paceRows },
  { rows: ['memory'], measure: memoryRow },
  { rows: ['replacement'], measure: replacementRow },
  { rows: ['telegraf'], measure: telegrafRow },
  { rows: ['collectd_decode', 'collectd_go', 'collectd_encrypted'], measure: collectdDecodeRows },
  { rows: ['collectd_flood'], measure: collectdFloodRow },
  { rows: ['collectd_delay'], measure: collectdDelayRow },
  { rows: ['collectd_exec', 'collectd_limit'], measure: collectdExecRows },
];

const say = (text: string) => process.stderr.write(`bench: ${text}\n`);
const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

function rowNames(only: string | undefined): RowName[] {
  const all = Object.keys(ROWS) as RowName[];
  if (only === undefined) return all;
  return only.split(',').flatMap((wanted) => {
    const rows = all.filter((name) => name === wanted || name.startsWith(`${wanted}_`));
    // `go` is a row, and the beginning of another
    if (wanted in ROWS) return [wanted as RowName];
    if (rows.length === 0) throw new Error(`--only: no row is called "${wanted}"; there are ${all.join(', ')}`);
    return rows;
  });
}

async function measure(bench: Bench, names: readonly RowName[]): Promise<{ results: Results; failures: number }> {
  const results: Results = {};
  let failures = 0;
  for (const part of PARTS) {
    const wanted = part.rows.filter((row) => names.includes(row));
    if (wanted.length === 0) continue;
    try {
      const measured = await part.measure(bench, wanted);
      for (const row of wanted) if (measured[row]) results[row] = measured[row];
    } catch (error) {
      // One part that cannot run must not hide the others.
      failures++;
      bench.say(`${wanted.join(', ')}: ${message(error)}`);
      for (const row of wanted) results[row] = { values: ROWS[row].figures.map(() => undefined) };
    }
  }
  return { results, failures };
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, list: { type: 'boolean' } },
  });
  if (options.list) {
    for (const [name, { what }] of Object.entries(ROWS)) process.stdout.write(`${name.padEnd(16)}${what}\n`);
    return 0;
  }
  const names = rowNames(options.only);
  const root = packageRoot();
  const bench: Bench = {
    root,
    megabytes: options.quick ? 50 : 200,
    rounds: options.quick ? 2 : 5,
    say,
  };
  checkBuilt(bench);
  if (process.platform !== 'linux') throw new Error('CPU and memory of a filter are read from /proc: Linux only');
  if (!processors()) bench.say('Nothing is pinned (one processor, or no taskset): ratios to pass-through mean little');

  const { results, failures } = await measure(bench, names);
  process.stdout.write(`\n${asText(results)}`);
  const whole = !options.quick && options.only === undefined;
  if (whole) {
    const run = { root, date: new Date(), command: 'npm run bench', megabytes: bench.megabytes, rounds: bench.rounds };
    writeFileSync(join(root, 'docs/reference/performance.md'), asPage(results, run));
  }
  const verdicts = (Object.keys(results) as RowName[]).map((name) =>
    verdict(ROWS[name], results[name] ?? { values: [] }),
  );
  const skippedInCi = process.env.CI === 'true' && verdicts.includes('skipped');
  if (skippedInCi) say('In CI nothing may be skipped');
  return failures > 0 || skippedInCi || verdicts.includes('FAILS') ? 1 : 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    say(message(error));
    process.exitCode = 2;
  },
);
