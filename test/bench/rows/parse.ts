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
const MEGABYTES = 40;

/** Every value of every line to its type, from memory; each program prints its CPU ns a line. */
export function parseRows(bench: Bench): Results {
  const ours = program(bench.root, 'typed-parse');
  const npm = program(bench.root, 'npm-parse');
  const go = goPeer(bench, 'line-protocol-decode');
  const parsers = [
    { name: 'npm', command: npm, words: [] },
    { name: 'ours', command: ours, words: [] },
    { name: 'ours into points', command: ours, words: ['points'] },
    ...('command' in go ? [{ name: 'go', command: go.command, words: [] }] : []),
  ];
  const pinned = processors();
  const cost = new Map<Workload, Map<string, number>>();
  for (const workload of ['W1', 'W2', 'W3'] as const) {
    const file = workloadFile(workload, MEGABYTES);
    // npm's parser takes lines, and W3 has strings with newlines
    const able = workload === 'W3' ? parsers.filter(({ name }) => name === 'ours' || name === 'go') : parsers;
    bench.say(`${workload}: typed parse by ${able.map(({ name }) => name).join(', ')}`);
    const run = ({ command, words: more }: { command: readonly string[]; words: readonly string[] }) => {
      const words = [...(pinned ? ['taskset', '-c', String(pinned.filter)] : []), ...command, file, ...more];
      return Number(
        execFileSync(words[0] as string, words.slice(1), {
          env: cleanEnvironment(),
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      );
    };
    cost.set(workload, interleaved(able, Math.min(bench.rounds, 3), run));
  }
  const list = (values: ReadonlyMap<string, number>) =>
    [...values].map(([name, ns]) => `${name} ${ns.toFixed(0)}`).join(', ');
  const details = `ns a line: ${[...cost].map(([workload, values]) => `${workload} ${list(values)}`).join('; ')}`;
  return {
    typed_parse: {
      values: (['W1', 'W2'] as const).map((workload) => ratio(cost.get(workload), 'npm', 'ours')),
      details,
    },
    points_parse: {
      values: (['W1', 'W2'] as const).map((workload) => ratio(cost.get(workload), 'npm', 'ours into points')),
    },
    go_parse: {
      values: (['W1', 'W2', 'W3'] as const).map((workload) => ratio(cost.get(workload), 'go', 'ours')),
      ...('skipped' in go && { skipped: go.skipped }),
    },
  };
}
