import type { Log } from '../../shared/log/log.ts';
import type { ProcessorContext } from '../../shared/plugin/definition.ts';
import { SharedObjects } from '../../shared/plugin/shared-objects.ts';
import type { Counter, PluginStats } from '../../shared/stats/stats.ts';
import { type FakeLine, FakeNames } from './fake-line.ts';

/** Statistics that can be read by name. */
export class FakeStats implements PluginStats {
  readonly #counters: (Counter & { value: number })[] = [];
  readonly #gauges = new Map<string, () => number | bigint | string | undefined>();

  counter(name: string): Counter {
    const known = this.#counters.find((each) => each.name === name);
    if (known) return known;
    const counter = {
      name,
      id: this.#counters.length,
      value: 0,
      add(n = 1) {
        this.value += n;
      },
    };
    this.#counters.push(counter);
    return counter;
  }

  gauge(name: string, read: () => number | bigint | string | undefined): void {
    this.#gauges.set(name, read);
  }

  /** A counter's value or what a gauge says. */
  read(name: string): number | bigint | string | undefined {
    return this.#counters.find((each) => each.name === name)?.value ?? this.#gauges.get(name)?.();
  }

  get names(): string[] {
    return [...this.#counters.map(({ name }) => name), ...this.#gauges.keys()];
  }

  /** The names of what a line was counted as. */
  countedBy(line: FakeLine): string[] {
    return line.counted.map((id) => this.#counters[id]?.name ?? `? ${id}`);
  }
}

/** What a processor gets at its start, with what it said at hand. The clock stands still until it is set. */
export class FakeContext implements ProcessorContext {
  readonly alias: string;
  readonly host = 'pipe';
  readonly explain = false;
  readonly names = new FakeNames();
  readonly stats = new FakeStats();
  readonly said: string[] = [];
  readonly log: Log = {
    error: (text) => this.said.push(`E ${text}`),
    warn: (text) => this.said.push(`W ${text}`),
    info: (text) => this.said.push(`I ${text}`),
    debug: () => {},
    trace: () => {},
    trouble: (kind, text) => this.said.push(`T ${kind}: ${text}`),
  };
  changes = 0;
  nowMs: number;

  readonly #shared = new SharedObjects();

  constructor(alias = 'stage', nowMs = Date.now()) {
    this.alias = alias;
    this.nowMs = nowMs;
  }

  now = (): number => this.nowMs;

  flag = (_name: string): string | undefined => undefined;

  shared = <T extends object>(kind: new () => T): T => this.#shared.of(kind);

  changed(): void {
    this.changes++;
  }
}
