import { accessSync, constants, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAndAfter, likeness } from './before-after.ts';
import { Child, PROGRAM } from './child.ts';
import type { DemoOptions } from './demo-options.ts';
import { EXAMPLES } from './examples.ts';
import { OutputLines } from './output-lines.ts';
import { cpuBetween, usageOf } from './process-usage.ts';
import { contextFor, RECORDED_NODE, recordedLines } from './recorded-node.ts';
import { fieldOf, grouped, milliseconds, quantile } from './statistics.ts';

const FLUSH_INTERVAL = '200ms';
/** Starting and stopping Telegraf take about this long. */
const OVERHEAD_MS = 1500;

/** Telegraf as `TELEGRAF` names it, or on PATH. */
export function findTelegraf(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.TELEGRAF) return environment.TELEGRAF;
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'telegraf')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs both plugins under a real Telegraf, which reads the recorded node once a second. Gives whether metrics came out. */
export async function runUnderTelegraf(
  telegraf: string,
  { seconds, colour, folder, print }: DemoOptions,
): Promise<boolean> {
  const host = hostname();
  const config = join(folder, 'telegraf.conf');
  const contextFile = join(folder, 'context.toml');
  writeFileSync(contextFile, contextFor(host));
  writeFileSync(config, telegrafConfig());
  print(`Running under Telegraf (${telegraf}): inputs.execd runs host-metrics every 100 ms, inputs.file reads the`);
  print('recorded NFV node once a second, processors.execd runs chain with topology_tagger and surrogate_context.\n');

  const agesMs: number[] = [];
  const output = new OutputLines(
    5000,
    () => {},
    (line) => noteAge(line, host, agesMs),
  );
  const environment = { RECORDED_NODE, CONTEXT_FILE: contextFile };
  const child = new Child([telegraf, '--config', config, '--quiet'], environment, (chunk) => output.take(chunk));
  const startMs = performance.now();
  const lines = recordedLines();
  // the recorded lines can come out before this machine was measured twice, which its first line takes
  const hasOwn = () => output.first.some((line) => EXAMPLES[0]?.fits(line, host));
  while ((output.count < lines.length || !hasOwn()) && performance.now() - startMs < seconds * 500) await delay(50);
  const recorded = lines.filter((line) => !line.startsWith('#'));
  for (const { title, fits } of EXAMPLES) {
    const before = recorded.find((line) => fits(line, host));
    const after = before === undefined ? output.first.find((line) => fits(line, host)) : mostLike(before, output.first);
    if (after === undefined) continue;
    // what this machine's lines were before is only known to Telegraf
    const shown = beforeAndAfter(before ?? after, after, colour);
    print([title, ...(before === undefined ? shown.slice(1) : shown), ''].join('\n'));
  }

  const chain = childOf(child.pid, 'chain');
  const before = {
    telegraf: usageOf(child.pid),
    chain: chain === undefined ? undefined : usageOf(chain),
    count: output.count,
    ms: performance.now(),
  };
  while (performance.now() - startMs < seconds * 1000 - OVERHEAD_MS) {
    await delay(1000);
    const claims = fieldOf(output.statistics.get('internal_surrogate_context') ?? '', 'claims');
    const found = fieldOf(output.statistics.get('internal_topology_tagger') ?? '', 'topology_lookups_hit');
    const at = ((performance.now() - startMs) / 1000).toFixed(0);
    print(
      `  ${at} s   out ${grouped(output.count)}   found in the topology ${grouped(found)}   claims ${grouped(claims)}`,
    );
  }
  const ms = performance.now() - before.ms;
  const count = output.count - before.count;
  const chainSeconds = cpuBetween(before.chain, chain === undefined ? undefined : usageOf(chain));
  const telegrafSeconds = cpuBetween(before.telegraf, usageOf(child.pid));
  // what it says about its children while it stops them is no news
  const log = child.log.trim();
  child.stop();
  await child.ended;

  print('\nSummary');
  print(`  metrics out of Telegraf   ${grouped(output.count)}, ${grouped((count / ms) * 1000)}/s`);
  if (chainSeconds !== undefined)
    print(`  CPU of the chain          ${((chainSeconds / ms) * 1e5).toFixed(1)} % of a CPU`);
  if (telegrafSeconds !== undefined)
    print(`  CPU of Telegraf itself    ${((telegrafSeconds / ms) * 1e5).toFixed(1)} % of a CPU`);
  if (agesMs.length > 0) {
    const [half, most] = [quantile(agesMs, 0.5), quantile(agesMs, 0.99)];
    print(
      `  delay                     ${milliseconds(half)} (half), ${milliseconds(most)} (99 of 100) from reading /proc to`,
    );
    print(`                            Telegraf's output, which flushes every ${FLUSH_INTERVAL}`);
  }
  print('All figures are measured in this run; the metrics per second are what the inputs give, not a limit.');
  if (log !== '')
    print(
      `\nWhat Telegraf said:\n${log
        .split('\n')
        .map((line) => `  ${line.slice(0, 160)}`)
        .join('\n')}`,
    );
  return output.count > lines.length;
}

function telegrafConfig(): string {
  const program = [process.execPath, resolve(PROGRAM)];
  const command = (...words: string[]) => JSON.stringify([...program, ...words]);
  return `[agent]
  interval = "1s"
  flush_interval = "${FLUSH_INTERVAL}"
  precision = "1ns"
  omit_hostname = true
  skip_processors_after_aggregators = true

[[inputs.execd]]
  command = ${command('host-metrics', '--host', 'telegraf', '--poll_interval', '100ms')}
  signal = "none"
  restart_delay = "1s"
  data_format = "influx"

[[inputs.file]]
  files = ["${RECORDED_NODE}/lines/*.lp"]
  data_format = "influx"

[[processors.execd]]
  command = ${command('chain', '--host', 'telegraf', '--config', resolve('examples/demo/chain.conf'))}
  restart_delay = "1s"
  influx_uint_support = true

[[outputs.file]]
  files = ["stdout"]
  data_format = "influx"
  influx_uint_support = true
`;
}

function mostLike(line: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let most = -1;
  for (const candidate of candidates) {
    const common = likeness(line, candidate);
    if (common > most) [best, most] = [candidate, common];
  }
  return best;
}

/** How old a metric of this machine is now. */
function noteAge(line: string, host: string, agesMs: number[]): void {
  if (!line.includes(`host=${host}`) || !line.startsWith('system,')) return;
  const ns = line.slice(line.lastIndexOf(' ') + 1);
  agesMs.push(Date.now() - Number(BigInt(ns) / 1_000_000n));
}

/** The child of a process that was started with this word. */
function childOf(parent: number, word: string): number | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => isChild(pid, parent, word));
  } catch {
    return undefined;
  }
}

function isChild(pid: number, parent: number, word: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return ppid === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
  } catch {
    return false;
  }
}
