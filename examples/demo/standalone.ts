import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAndAfter } from './before-after.ts';
import { Child, PROGRAM } from './child.ts';
import type { DemoOptions } from './demo-options.ts';
import { EXAMPLES } from './examples.ts';
import { OutputLines } from './output-lines.ts';
import { cpuBetween, usageOf } from './process-usage.ts';
import { contextFor, RECORDED_NODE, recordedLines } from './recorded-node.ts';
import { fieldOf, grouped, milliseconds, quantile } from './statistics.ts';

/** Recorded lines a second while the delay is measured; those of this machine come on top. */
const PACE = 1000;
const PACE_INTERVAL_MS = 10;
/** How long lines are sent as fast as they are taken. */
const FULL_SPEED_MS = 3000;
/** Showing lines and ending take about this long. */
const OVERHEAD_MS = 1500;
const BLOCK_LINES = 20_000;

/** Runs the chain on its own, feeds it and measures it. Gives whether every line came back. */
export async function runStandalone({ seconds, colour, folder, print }: DemoOptions): Promise<boolean> {
  const host = hostname();
  const contextFile = join(folder, 'context.toml');
  writeFileSync(contextFile, contextFor(host));
  const chain = new ChainRun({ RECORDED_NODE, CONTEXT_FILE: contextFile });
  const hostMetrics = new HostMetrics((lines) => chain.feed(lines));
  print(`Two processes on real pipes: host-metrics reads this machine (${host}) every 100 ms, chain runs`);
  print('topology_tagger and surrogate_context. The lines of a recorded NFV node are sent in between.\n');

  const recorded = recordedLines();
  await hostMetrics.secondReading;
  await chain.feed(recorded);
  await chain.drained();
  for (const { title, fits } of EXAMPLES) {
    const i = chain.sent.findIndex((line) => fits(line, host));
    const [before, after] = [chain.sent[i], chain.output.first[i]];
    if (before === undefined || after === undefined) continue;
    print([title, ...beforeAndAfter(before, after, colour), ''].join('\n'));
  }

  print(
    `${grouped(PACE)} recorded lines a second, ${PACE_INTERVAL_MS} ms apart in groups of ${(PACE * PACE_INTERVAL_MS) / 1000}:`,
  );
  const paced = await atPace(chain, recorded, seconds * 1000 - FULL_SPEED_MS - OVERHEAD_MS, print);
  print(`\nThe same lines as fast as they are taken, for ${FULL_SPEED_MS / 1000} s:`);
  const full = await atFullSpeed(chain, recorded);
  print(`  ${grouped(full.lines)} lines in ${(full.ms / 1000).toFixed(1)} s\n`);

  hostMetrics.stop();
  const usage = usageOf(chain.pid);
  const status = await chain.finish();
  summarise();
  return status === 0 && chain.sentCount === chain.output.count;

  function summarise(): void {
    const lost = chain.sentCount - chain.output.count;
    print('Summary');
    print(
      `  lines in, lines out   ${grouped(chain.sentCount)}, ${grouped(chain.output.count)}${lost === 0 ? '' : `: ${lost} LOST`}`,
    );
    print(
      `  at full speed         ${grouped((full.lines / full.ms) * 1000)} lines/s${cpuText(full.cpuSeconds, full.lines)}`,
    );
    print(
      `  at ${grouped(PACE)} lines/s      delay ${milliseconds(quantile(paced.delaysMs, 0.5))} (half of the groups), ${milliseconds(quantile(paced.delaysMs, 0.99))} (99 of 100)${shareText(paced)}`,
    );
    if (usage) print(`  memory of the chain   ${(usage.residentBytes / 2 ** 20).toFixed(0)} MiB resident`);
    print(`  claims replaced       ${grouped(chain.statistic('surrogate_context', 'claims'))}`);
    print('All figures are measured in this run; sender, reader and chain share this machine.');
    const log = chain.log.trim();
    if (log !== '')
      print(
        `\nWhat the chain said:\n${log
          .split('\n')
          .map((line) => `  ${line.slice(0, 160)}`)
          .join('\n')}`,
      );
  }
}

function cpuText(cpuSeconds: number | undefined, lines: number): string {
  return cpuSeconds === undefined ? '' : `, ${((cpuSeconds / lines) * 1e9).toFixed(0)} ns of CPU per line`;
}

function shareText({ cpuSeconds, ms }: { cpuSeconds: number | undefined; ms: number }): string {
  return cpuSeconds === undefined ? '' : `, ${((cpuSeconds / ms) * 1e5).toFixed(1)} % of a CPU`;
}

/** Sends groups of lines at a steady pace and notes when each is back. */
async function atPace(chain: ChainRun, lines: readonly string[], ms: number, print: (text: string) => void) {
  const size = (PACE * PACE_INTERVAL_MS) / 1000;
  const startMs = performance.now();
  const before = usageOf(chain.pid);
  const delaysMs: number[] = [];
  chain.onDelay = (delayMs) => delaysMs.push(delayMs);
  let nextReportMs = startMs + 1000;
  for (let group = 0; performance.now() - startMs < ms; group++) {
    const at = (group * size) % lines.length;
    await chain.feed(lines.slice(at, at + size));
    const nowMs = performance.now();
    if (nowMs >= nextReportMs) {
      nextReportMs += 1000;
      const counts = [`in ${grouped(chain.sentCount)}`, `out ${grouped(chain.output.count)}`, ...chain.counters()];
      print(`  ${((nowMs - startMs) / 1000).toFixed(0)} s   ${counts.join('   ')}`);
    }
    await delay(Math.max(0, startMs + (group + 1) * PACE_INTERVAL_MS - performance.now()));
  }
  await chain.drained();
  chain.onDelay = () => {};
  return { delaysMs, ms: performance.now() - startMs, cpuSeconds: cpuBetween(before, usageOf(chain.pid)) };
}

async function atFullSpeed(chain: ChainRun, lines: readonly string[]) {
  const block = Array.from({ length: BLOCK_LINES }, (_, i) => lines[i % lines.length] ?? '');
  const bytes = Buffer.from(`${block.join('\n')}\n`);
  const before = usageOf(chain.pid);
  const startCount = chain.output.count;
  const startMs = performance.now();
  while (performance.now() - startMs < FULL_SPEED_MS) await chain.feedBlock(bytes, BLOCK_LINES);
  await chain.drained();
  const ms = performance.now() - startMs;
  return { lines: chain.output.count - startCount, ms, cpuSeconds: cpuBetween(before, usageOf(chain.pid)) };
}

/** A chain that is fed with lines, and what came of them. */
class ChainRun {
  readonly output: OutputLines;
  /** The first lines that were sent, for showing. */
  readonly sent: string[] = [];
  sentCount = 0;
  onDelay: (delayMs: number) => void = () => {};
  readonly #child: Child;
  readonly #groups: { readonly lastLine: number; readonly sentMs: number }[] = [];
  #waiting: (() => void) | undefined;

  constructor(environment: Record<string, string>) {
    const kept = 5000;
    this.output = new OutputLines(kept, (count) => this.#received(count));
    const command = [process.execPath, PROGRAM, 'chain', '--host', 'pipe', '--config', 'examples/demo/chain.conf'];
    this.#child = new Child(command, environment, (chunk) => this.output.take(chunk));
    void this.#child.ended.then(() => this.#waiting?.());
  }

  get pid(): number {
    return this.#child.pid;
  }

  get log(): string {
    return this.#child.log;
  }

  feed(lines: readonly string[]): Promise<void> | undefined {
    if (lines.length === 0) return undefined;
    if (this.sent.length < 5000) this.sent.push(...lines);
    return this.feedBlock(`${lines.join('\n')}\n`, lines.length);
  }

  feedBlock(bytes: string | Uint8Array, lines: number): Promise<void> | undefined {
    this.sentCount += lines;
    this.#groups.push({ lastLine: this.sentCount, sentMs: performance.now() });
    return this.#child.write(bytes);
  }

  /** Resolves when everything that was sent is back, or the chain has ended. */
  async drained(): Promise<void> {
    while (this.output.count < this.sentCount) {
      await Promise.race([new Promise<void>((resolve) => (this.#waiting = resolve)), this.#child.ended]);
      if (this.output.count < this.sentCount && (await Promise.race([this.#child.ended, delay(0)])) !== undefined)
        return;
    }
  }

  /** A counter of a plugin, as the plugin itself reports it every second. */
  statistic(plugin: string, field: string): number {
    return fieldOf(this.output.statistics.get(`internal_${plugin}`) ?? '', field);
  }

  /** Counters of the plugins, for the running report. */
  counters(): string[] {
    return [
      `found in the topology ${grouped(this.statistic('topology_tagger', 'topology_lookups_hit'))}`,
      `claims ${grouped(this.statistic('surrogate_context', 'claims'))}`,
    ];
  }

  finish(): Promise<number> {
    this.#child.end();
    return this.#child.ended;
  }

  #received(count: number): void {
    const nowMs = performance.now();
    for (let group = this.#groups[0]; group && group.lastLine <= count; group = this.#groups[0]) {
      this.#groups.shift();
      this.onDelay(nowMs - group.sentMs);
    }
    this.#waiting?.();
  }
}

/** Measures this machine in a process of its own. */
class HostMetrics {
  /** Resolves at the second reading: CPU shares need two. */
  readonly secondReading: Promise<void>;
  readonly #child: Child;
  #unfinished = '';
  #readings = 0;

  constructor(onLines: (lines: readonly string[]) => void) {
    let tellSecond: () => void = () => {};
    this.secondReading = new Promise((resolve) => {
      tellSecond = resolve;
    });
    const command = [process.execPath, PROGRAM, 'host-metrics', '--host', 'pipe', '--poll_interval', '100ms'];
    this.#child = new Child(command, {}, (chunk) => {
      const lines = (this.#unfinished + chunk.toString('latin1')).split('\n');
      this.#unfinished = lines.pop() ?? '';
      onLines(lines);
      if (++this.#readings === 2) tellSecond();
    });
    // without /proc there is nothing to wait for
    void this.#child.ended.then(tellSecond);
  }

  stop(): void {
    this.#child.stop();
  }
}
