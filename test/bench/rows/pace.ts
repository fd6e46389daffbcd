import type { Results } from '../figures.ts';
import { median } from '../measure/median.ts';
import { type Feed, type Paced, paced } from '../measure/pace.ts';
import { type Bench, input, passThrough, tagger } from '../setup.ts';

const RATES = [1000, 20_000] as const;

/** A steady feed with one write per line, as Telegraf writes: what wakes us costs more than what we do. */
export async function paceRows(bench: Bench): Promise<Results> {
  const commands = { cat: 'cat', 'pass-through': passThrough(bench), tagger: tagger(bench) };
  type Name = keyof typeof commands;
  const runs = new Map<string, Paced[]>();
  for (const rate of RATES) {
    bench.say(`${rate} lines/s: CPU and delays of ${Object.keys(commands).join(', ')}`);
    const feed: Feed = { root: bench.root, input: input(bench, 'W2'), rate, seconds: 5 };
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      for (const [name, command] of Object.entries(commands)) {
        const key = `${name} ${rate}`;
        runs.set(key, [...(runs.get(key) ?? []), await paced(command, feed)]);
      }
    }
  }
  const of = (name: Name, rate: number, what: 'cpu' | 'p50' | 'p99') =>
    median((runs.get(`${name} ${rate}`) ?? []).map((run) => run[what]));
  const delays = (name: Name) => RATES.flatMap((rate) => [of(name, rate, 'p50'), of(name, rate, 'p99')]);

  // What the machine's other load adds to any filter is not ours: pass-through in the same run shows how much that is.
  const floor = delays('pass-through');
  const ours = delays('tagger');
  const list = (values: number[]) => values.map((value) => value.toFixed(2)).join(', ');
  const cpu = (Object.keys(commands) as Name[]).map(
    (name) => `${name} ${((of(name, 20_000, 'cpu') / 20_000 / 5) * 1e6).toFixed(1)}`,
  );
  return {
    wake_ups: {
      values: [of('tagger', 20_000, 'cpu') / of('cat', 20_000, 'cpu')],
      details: `${cpu.join(', ')} µs a line`,
    },
    delay: { values: ours, floor, details: `pass-through in the same run: ${list(floor)} ms` },
  };
}
