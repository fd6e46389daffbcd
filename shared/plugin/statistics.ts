import type { StageStats } from '../stats/stats-registry.ts';

/** Statistics, and where their line joins the others: behind the stage of this index, -1 before the first. */
export interface PlacedStats {
  readonly stats: StageStats;
  readonly after: number;
}

export interface StatisticsOptions {
  /** 0: never. */
  readonly intervalMs: number;
  /** In the order of the chain. */
  readonly stats: readonly PlacedStats[];
  /** Brings the counters up to date. */
  readonly refresh: () => void;
  /** Sends a line through the stages behind the given one; -1 is before the first. */
  readonly inject: (line: string, after: number) => void;
  readonly isBlocked: () => boolean;
  readonly now: () => number;
}

/**
 * Writes `internal_<plugin>` lines at every interval, each behind its stage: later stages may tag it. While the reader stands still they are
 * left out, since they tell the same later.
 */
export function startStatistics(options: StatisticsOptions): { write(): void; stop(): void } {
  const { intervalMs, stats, refresh, inject } = options;
  const write = () => {
    if (intervalMs <= 0 || options.isBlocked()) return;
    refresh();
    const timeNs = BigInt(options.now()) * 1_000_000n;
    for (const { stats: stage, after } of stats) {
      const line = stage.render(timeNs);
      if (line !== undefined) inject(`${line}\n`, after);
    }
  };
  const timer = intervalMs > 0 ? setInterval(write, intervalMs) : undefined;
  timer?.unref();
  return {
    write,
    stop: () => clearInterval(timer),
  };
}

/** Counters whose growth an operator should hear of at the end, and how they are said. */
const WORTH_SAYING: readonly (readonly [name: string, text: string])[] = [
  ['invalid_lines', 'malformed'],
  ['dropped_lines', 'dropped'],
  ['quarantine_errors', 'not kept in the quarantine'],
  ['unwritable_values', 'values that could not be written'],
  ['errors', 'failed in a stage'],
];

/** One line for the end of a run in which anything was dropped or invalid; undefined when nothing was. */
export function summaryAtEnd(stats: readonly PlacedStats[]): string | undefined {
  const counters = stats.flatMap(({ stats: stage }) => stage.counters);
  const said = WORTH_SAYING.flatMap(([name, text]) => {
    const n = counters.filter((counter) => counter.name === name).reduce((sum, counter) => sum + counter.value, 0);
    return n > 0 ? [`${n} ${text}`] : [];
  });
  return said.length > 0 ? `Lines in this run: ${said.join(', ')}` : undefined;
}
