import type { Log } from '../../../shared/log/log.ts';
import type { ProcessorContext } from '../../../shared/plugin/definition.ts';
import type { Counter, PluginStats } from '../../../shared/stats/stats.ts';
import { FakeNames } from '../../support/fake-line.ts';

class FakeCounter implements Counter {
  readonly name: string;
  readonly id: number;
  value = 0;

  constructor(name: string, id: number) {
    this.name = name;
    this.id = id;
  }

  add(n = 1): void {
    this.value += n;
  }
}

class FakeStats implements PluginStats {
  readonly #counters = new Map<string, FakeCounter>();

  counter(name: string): Counter {
    const counter = this.#counters.get(name) ?? new FakeCounter(name, this.#counters.size);
    this.#counters.set(name, counter);
    return counter;
  }

  gauge(): void {}
}

/** What a stage gets at its start, with what it said and counted at hand. */
export class FakeContext implements ProcessorContext {
  readonly alias = 'surrogate_context';
  readonly host = 'pipe';
  readonly names = new FakeNames();
  readonly stats = new FakeStats();
  readonly said: string[] = [];
  readonly log: Log = {
    error: (text) => this.said.push(`E ${text}`),
    warn: (text) => this.said.push(`W ${text}`),
    info: (text) => this.said.push(`I ${text}`),
    debug: () => {},
    trace: () => {},
    trouble: (_kind, text) => this.said.push(`W ${text}`),
  };
  changes = 0;
  nowMs = 1_795_245_720_000;

  now = (): number => this.nowMs;

  changed(): void {
    this.changes++;
  }
}
