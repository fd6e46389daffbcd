/** One figure of a row: what is required and what we are after. */
export interface Figure {
  label: string;
  /** Absent where nobody asked for a bound: shown for comparison. */
  must?: number;
  goal?: number;
}

/** A row of the table in `docs/reference/performance.md`. */
export interface Row {
  what: string;
  /** Ratios and sizes that shall be small, or gains that shall be large. */
  better: 'lower' | 'higher';
  unit: '' | 'ms' | 'µs' | 'MB' | 'M/s' | 'k/s';
  figures: readonly Figure[];
}

const figure = (label: string, must?: number, goal?: number): Figure => ({
  label,
  ...(must !== undefined && { must }),
  ...(goal !== undefined && { goal }),
});

/** All rows by the name that `--only` takes. Ratios are of CPU seconds in one run unless the text says otherwise. */
export const ROWS = {
  'pass-through': {
    what: 'topology_tagger ÷ Node pass-through, about twenty key rules at work',
    better: 'lower',
    unit: '',
    figures: [figure('W1', 2.9, 1.6), figure('W2', 4.2, 2.1), figure('W3', 7.2, 3.5)],
  },
  go: {
    what: 'Go line-protocol decode + encode ÷ tagger',
    better: 'higher',
    unit: '',
    figures: [figure('W1', 3.7, 7), figure('W2', 2.8, 7), figure('W3', 4.1, 9)],
  },
  telegraf_lines: {
    what: 'Real Telegraf lines: tagger ÷ pass-through',
    better: 'lower',
    unit: '',
    figures: [figure('host metrics', 2.7, 1.8)],
  },
  shim: {
    what: "Telegraf's Go shim ÷ tagger",
    better: 'higher',
    unit: '',
    figures: [figure('W1', 15, 30), figure('W2', 15, 30)],
  },
  python: {
    what: 'Python filter that flushes each line ÷ tagger, 40 MB',
    better: 'higher',
    unit: '',
    figures: [figure('W1'), figure('W2')],
  },
  npm_filter: {
    what: 'readline with influx-line-protocol-parser ÷ tagger, 40 MB',
    better: 'higher',
    unit: '',
    figures: [figure('W1'), figure('W2')],
  },
  typed_parse: {
    what: 'npm influx-line-protocol-parser ÷ our typed parse',
    better: 'higher',
    unit: '',
    figures: [figure('W1', 15, 20), figure('W2', 15, 20)],
  },
  points_parse: {
    what: 'The same ÷ our parse into an object for each line',
    better: 'higher',
    unit: '',
    figures: [figure('W1'), figure('W2')],
  },
  go_parse: {
    what: 'Go line-protocol typed decode ÷ our typed parse',
    better: 'higher',
    unit: '',
    figures: [figure('W1'), figure('W2'), figure('W3')],
  },
  processes: {
    what: 'Four processes ÷ one chain (tagger, three contexts), W2',
    better: 'higher',
    unit: '',
    figures: [figure('4 ÷ chain', 2.5, 3.3)],
  },
  chain: {
    what: 'That chain ÷ the tagger alone, W2',
    better: 'lower',
    unit: '',
    figures: [figure('chain ÷ tagger', 1.5, 1.3)],
  },
  telegraf: {
    what: 'Telegraf with four processors.execd ÷ Telegraf with one chain of the same stages, all processes, W2',
    better: 'higher',
    unit: '',
    figures: [figure('W2', 2.2, 2.6)],
  },
  wake_ups: {
    what: 'CPU at 20,000 lines/s, one write each: tagger ÷ cat',
    better: 'lower',
    unit: '',
    figures: [figure('W2', 0.4, 0.25)],
  },
  delay: {
    what: 'Added delay of a line, at 1,000 and at 20,000 lines/s',
    better: 'lower',
    unit: 'ms',
    figures: [
      figure('1 k p50', 0.1, 0.1),
      figure('1 k p99', 1, 1),
      figure('20 k p50', 0.8, 0.8),
      figure('20 k p99', 2, 2),
    ],
  },
  start: {
    what: 'Start to first line ÷ `node -e 0`, wall time',
    better: 'lower',
    unit: '',
    figures: [
      figure('no configuration', 1.25, 1.15),
      figure('ten lines of configuration', 1.25, 1.15),
      figure('2,000 taps', 2, 1.4),
    ],
  },
  memory: {
    what: 'Resident memory with 2,000 taps: idle, busy on W2; its growth',
    better: 'lower',
    unit: 'MB',
    figures: [figure('idle', 52, 45), figure('busy', 64, 54), figure('growth', 3, 0)],
  },
  replacement: {
    what: 'Pause while the snapshot is replaced, at 2,000 lines/s',
    better: 'lower',
    unit: 'ms',
    figures: [figure('2,000 taps', 20, 5), figure('100,000 taps', 200, 20)],
  },
  collectd_decode: {
    what: "collectd's datagrams to line bytes, recorded ones again and again",
    better: 'higher',
    unit: 'M/s',
    figures: [figure('values', 3, 5)],
  },
  collectd_go: {
    what: "CPU a value ÷ go-collectd's parse alone, which formats nothing, on the datagrams that both accept",
    better: 'lower',
    unit: '',
    figures: [figure('ours ÷ go', 1.3, 1)],
  },
  collectd_encrypted: {
    what: 'CPU that a datagram takes more when it is encrypted',
    better: 'lower',
    unit: 'µs',
    figures: [figure('encrypted − plain', 7, 5)],
  },
  collectd_flood: {
    what: '20,000 datagrams/s of 44 values for 10 s to collectd_in: datagrams lost',
    better: 'lower',
    unit: '',
    figures: [figure('in user space', 0, 0), figure('unaccounted for', 0, 0), figure('in the kernel', undefined, 0)],
  },
  collectd_delay: {
    what: 'Arrival of a datagram of 44 values to its last line on stdout, at 1,000 datagrams/s',
    better: 'lower',
    unit: 'ms',
    figures: [figure('p50'), figure('p99', 1, 0.3)],
  },
  collectd_exec: {
    what: 'Values into a real collectd (WriteThreads 1) from a program that it runs',
    better: 'higher',
    unit: 'k/s',
    figures: [figure('collectd_out', 250), figure('cat of the same lines')],
  },
  collectd_limit: {
    what: 'The same: collectd_out ÷ cat',
    better: 'higher',
    unit: '',
    figures: [figure('collectd_out ÷ cat', undefined, 1)],
  },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof ROWS;

/** What was measured for a row, figure by figure; undefined where nothing could be. */
export interface Measured {
  values: readonly (number | undefined)[];
  /** Why a value is missing; shown instead of it. */
  skipped?: string;
  /** What pass-through took in the same run, where the load of the machine counts: a bound may be kept beyond it. */
  floor?: readonly number[];
  /** What stands behind the figures: CPU seconds, or what pass-through did in the same run. */
  details?: string;
}

/** What one part of the benchmark found. */
export type Results = Partial<Record<RowName, Measured>>;

export type Verdict = 'holds' | 'FAILS' | 'skipped';

/** Whether a value keeps the bound. */
export function keeps(row: Row, bound: number, value: number): boolean {
  return row.better === 'lower' ? value <= bound : value >= bound;
}

/** A row fails when one of its figures does. A figure that is missing without a reason fails. */
export function verdict(row: Row, { values, skipped, floor = [] }: Measured): Verdict {
  const failed = row.figures.some(({ must }, i) => {
    const value = values[i];
    if (value === undefined) return skipped === undefined;
    return must !== undefined && !keeps(row, must, value) && !keeps(row, must, value - (floor[i] ?? 0));
  });
  if (failed) return 'FAILS';
  return values.length === 0 || values.includes(undefined) ? 'skipped' : 'holds';
}
