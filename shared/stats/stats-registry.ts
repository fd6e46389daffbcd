import { type Reading, renderStats } from './render-stats.ts';
import type { Counter, PluginStats } from './stats.ts';

/** The statistics of one stage, as the runtime holds them. */
export interface StageStats extends PluginStats {
  /** The line `internal_<plugin>,… …` of this moment without a newline; undefined when the stage has nothing to tell. */
  render(timeNs: bigint): string | undefined;
  /** The counters and what they stand at, in the order of their declaration. */
  readonly counters: readonly Counter[];
}

export interface StatsOptions {
  /** Tag `host`. Asked for when statistics are written. */
  readonly hostname: string;
  /** Tag `version`. */
  readonly version: string;
}

/**
 * All counters of a process. Counts are doubles, exact up to 2^53: at ten million lines a second that is 28 years. A
 * counter's id is its place in `values`, so that whoever counts by id can do it without asking for the counter.
 */
export class StatsRegistry {
  readonly values: number[] = [];
  readonly #options: StatsOptions;

  constructor(options: StatsOptions) {
    this.#options = options;
  }

  /** The statistics of a stage; `plugin` in snake case. */
  stage(plugin: string, alias: string): StageStats {
    const { values } = this;
    const options = this.#options;
    const counters = new Map<string, Counter>();
    const gauges = new Map<string, () => number | bigint | string | undefined>();
    const checkName = (name: string): void => {
      if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`Statistics are named in snake case, not "${name}"`);
    };

    return {
      counter(name) {
        const existing = counters.get(name);
        if (existing !== undefined) return existing;
        checkName(name);
        if (gauges.has(name)) throw new Error(`"${name}" is a gauge already`);
        const counter = countAt(values, name);
        counters.set(name, counter);
        return counter;
      },
      gauge(name, read) {
        checkName(name);
        if (counters.has(name)) throw new Error(`"${name}" is a counter already`);
        gauges.set(name, read);
      },
      get counters() {
        return [...counters.values()];
      },
      render(timeNs) {
        const readings: [string, Reading][] = [...counters.values()].map(({ name, value }) => [name, BigInt(value)]);
        for (const [name, read] of gauges) {
          const value = read();
          if (value !== undefined) readings.push([name, value]);
        }
        const { hostname: host, version } = options;
        return renderStats(`internal_${plugin}`, { alias, host, version }, readings, timeNs);
      },
    };
  }

  /** Adds to the counter of this id. */
  add(id: number, n: number): void {
    this.values[id] = (this.values[id] as number) + n;
  }
}

function countAt(values: number[], name: string): Counter {
  const id = values.push(0) - 1;
  return {
    id,
    name,
    add(n = 1) {
      values[id] = (values[id] as number) + n;
    },
    get value() {
      return values[id] as number;
    },
  };
}
