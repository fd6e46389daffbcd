import type { Results } from '../figures.ts';
import { median } from '../measure/median.ts';
import { type Paced, paced } from '../measure/pace.ts';
import { type Bench, input, passThrough, tagger } from '../setup.ts';
import { linesFile } from '../workload/files.ts';

const RATES = [1000, 20_000] as const;
const SECONDS = 5;

/** A filter and what it is fed with. */
interface Feeding {
  filter: string;
  file: string;
}

/**
 * A steady feed with one write per line, as Telegraf writes: what wakes us costs more than what we do. At 1,000 lines/s
 * every line of W2 is the first with its tags for eight seconds, which is dearer than what follows: `seen before` shows that.
 */
export async function paceRows(bench: Bench): Promise<Results> {
  const file = input(bench, 'W2');
  const feedings: Record<string, Feeding> = {
    cat: { filter: 'cat', file },
    'pass-through': { filter: passThrough(bench), file },
    tagger: { filter: tagger(bench), file },
    'seen before': { filter: tagger(bench), file: linesFile('W2', 500) },
  };
  const runs = new Map<string, Paced[]>();
  for (const rate of RATES) {
    bench.say(`${rate} lines/s: CPU and delays of ${Object.keys(feedings).join(', ')}`);
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      for (const [name, { filter, file: lines }] of Object.entries(feedings)) {
        const run = await paced(filter, { root: bench.root, input: lines, rate, seconds: SECONDS });
        runs.set(`${name} ${rate}`, [...(runs.get(`${name} ${rate}`) ?? []), run]);
      }
    }
  }
  const of = (name: string, rate: number, what: 'cpu' | 'p50' | 'p99') =>
    median((runs.get(`${name} ${rate}`) ?? []).map((run) => run[what]));
  const delays = (name: string) => RATES.flatMap((rate) => [of(name, rate, 'p50'), of(name, rate, 'p99')]);
  const list = (name: string) =>
    `${name} ${delays(name)
      .map((ms) => ms.toFixed(2))
      .join(', ')}`;

  const microseconds = Object.keys(feedings).map((name) => {
    const each = of(name, 20_000, 'cpu') / (20_000 * SECONDS);
    return `${name} ${(each * 1e6).toFixed(1)}`;
  });
  return {
    wake_ups: {
      values: [of('tagger', 20_000, 'cpu') / of('cat', 20_000, 'cpu')],
      details: `${microseconds.join(', ')} µs a line`,
    },
    delay: {
      values: delays('tagger'),
      // What the machine's other load adds to any filter is not ours: pass-through in the same run shows how much that is.
      floor: delays('pass-through'),
      details: `in the same run ${list('pass-through')}; ${list('seen before')} ms`,
    },
  };
}
