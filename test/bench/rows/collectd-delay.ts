import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../figures.ts';
import { fed } from '../measure/datagrams.ts';
import { median, percentile } from '../measure/median.ts';
import { doubles } from '../measure/pace.ts';
import { program } from '../measure/program.ts';
import { type Bench, collectdIn, shell } from '../setup.ts';
import { collectdLines, LISTS_A_DATAGRAM } from '../workload/collectd.ts';
import { cacheFolder } from '../workload/files.ts';

const RATE = 1000;
// V8 optimises what the datagrams need on a thread of its own, which is no delay of a receiver that runs for days
const WARM_UP_SECONDS = 4;
const SECONDS = 5;

/** Delays in ms. */
interface Delays {
  p50: number;
  p99: number;
  /** CPU µs a datagram. */
  cpu: number;
}

/** How long the last line of a datagram takes, beside a receiver that only writes 44 lines it has ready. */
export async function collectdDelayRow(bench: Bench): Promise<Results> {
  const text = join(cacheFolder(), 'collectd-44-lines');
  writeFileSync(text, first(collectdLines(), LISTS_A_DATAGRAM));
  const echo = program(bench.root, 'echo-datagrams');
  const receivers: Record<string, (port: number) => string> = {
    echo: (port) => shell([...echo, String(port), text]),
    collectd_in: (port) => collectdIn(bench, port),
  };
  bench.say(`Delay of datagrams at ${RATE}/s: ${Object.keys(receivers).join(', ')}`);
  const runs = new Map<string, Delays[]>();
  for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
    for (const [name, receiver] of Object.entries(receivers))
      runs.set(name, [...(runs.get(name) ?? []), await delays(bench.root, receiver)]);
  }
  const of = (name: string, what: keyof Delays) => median((runs.get(name) ?? []).map((run) => run[what]));
  const values = (name: string) => [of(name, 'p50'), of(name, 'p99')];
  const list = (numbers: readonly number[]) => numbers.map((number) => number.toFixed(2)).join(', ');
  return {
    collectd_delay: {
      values: values('collectd_in'),
      // what the machine's other load adds to any receiver is not ours
      floor: values('echo'),
      details: `a bare dgram echo of as many lines in the same run ${list(values('echo'))} ms; CPU a datagram: echo ${of('echo', 'cpu').toFixed(0)}, collectd_in ${of('collectd_in', 'cpu').toFixed(0)} µs`,
    },
  };
}

async function delays(root: string, receiver: (port: number) => string): Promise<Delays> {
  const count = RATE * (WARM_UP_SECONDS + SECONDS);
  const lines = String(count * LISTS_A_DATAGRAM);
  const reader = program(root, 'read-paced');
  const { times, cpu, result } = await fed(
    { root, rate: RATE, count, pace: 'spins', receiver, reader: (epoch, file) => [...reader, lines, epoch, file] },
    doubles,
  );
  const each = Array.from(times, (sent, i) => (result[(i + 1) * LISTS_A_DATAGRAM - 1] ?? Number.NaN) - sent);
  const measured = each.slice(RATE * WARM_UP_SECONDS);
  return { p50: percentile(measured, 0.5), p99: percentile(measured, 0.99), cpu: (cpu / count) * 1e6 };
}

function first(lines: Generator<string>, count: number): string {
  return Array.from({ length: count }, () => `${lines.next().value}\n`).join('');
}
