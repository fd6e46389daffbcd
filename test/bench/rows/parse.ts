import { execFileSync } from 'node:child_process';
import type { Results } from '../figures.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { interleaved, ratio } from '../measure/median.ts';
import { processors } from '../measure/processors.ts';
import { program } from '../measure/program.ts';
import { goPeer } from '../peers.ts';
import type { Bench } from '../setup.ts';
import { type Workload, workloadFile } from '../workload/files.ts';

/** Enough for the optimiser; the npm parser takes 7 µs a line. */
const MEGABYTES = 20;

/** Every value of every line to its type, from memory; each program prints its CPU ns a line. */
export function parseRows(bench: Bench): Results {
  const ours = program(bench.root, 'typed-parse');
  const npm = program(bench.root, 'npm-parse');
  const go = goPeer(bench, 'line-protocol-decode');
  const parsers = [
    { name: 'npm', command: npm },
    { name: 'ours', command: ours },
    ...('command' in go ? [{ name: 'go', command: go.command }] : []),
  ];
  const pinned = processors();
  const cost = new Map<Workload, Map<string, number>>();
  for (const workload of ['W1', 'W2', 'W3'] as const) {
    const file = workloadFile(workload, MEGABYTES);
    bench.say(`${workload}: typed parse by ${parsers.map(({ name }) => name).join(', ')}`);
    const run = ({ command }: { command: readonly string[] }) => {
      const words = [...(pinned ? ['taskset', '-c', String(pinned.filter)] : []), ...command, file];
      return Number(
        execFileSync(words[0] as string, words.slice(1), {
          env: cleanEnvironment(),
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      );
    };
    cost.set(workload, interleaved(parsers, Math.min(bench.rounds, 3), run));
  }
  const list = (values: ReadonlyMap<string, number>) =>
    [...values].map(([name, ns]) => `${name} ${ns.toFixed(0)}`).join(', ');
  const details = `ns a line: ${[...cost].map(([workload, values]) => `${workload} ${list(values)}`).join('; ')}; npm's parse of W3 is wrong`;
  return {
    // W3 is not in it: the npm parser reads it wrongly, and stops where it should go on.
    typed_parse: {
      values: (['W1', 'W2'] as const).map((workload) => ratio(cost.get(workload), 'npm', 'ours')),
      details,
    },
    go_parse: {
      values: (['W1', 'W2', 'W3'] as const).map((workload) => ratio(cost.get(workload), 'go', 'ours')),
      ...('skipped' in go && { skipped: go.skipped }),
    },
  };
}
