import type { Results } from '../figures.ts';
import { bulkCpu } from '../measure/bulk.ts';
import type { Command } from '../measure/command.ts';
import { interleaved, ratio, seconds } from '../measure/median.ts';
import { program } from '../measure/program.ts';
import { onWorkload, pythonPeer } from '../peers.ts';
import { type Bench, tagger } from '../setup.ts';
import { type Workload, workloadFile } from '../workload/files.ts';

/** The npm filter reads on when its reader is slow: with 200 MB it takes gigabytes of memory. */
const MEGABYTES = 40;

/** What one would write in an afternoon, in Python and with npm's parser, against the tagger. */
export function scriptRows(bench: Bench): Results {
  const python = pythonPeer(bench);
  const npm = program(bench.root, 'npm-parser-filter');
  const cpu = new Map<Workload, Map<string, number>>();
  for (const workload of ['W1', 'W2'] as const) {
    const commands: Command[] = [
      { name: 'tagger', stages: [tagger(bench)] },
      { name: 'npm', stages: [onWorkload(npm, workload)] },
    ];
    if ('command' in python) commands.push({ name: 'python', stages: [onWorkload(python.command, workload)] });
    bench.say(`${workload}, ${MEGABYTES} MB: CPU of ${commands.map(({ name }) => name).join(', ')}`);
    const file = workloadFile(workload, MEGABYTES);
    cpu.set(
      workload,
      interleaved(commands, Math.min(bench.rounds, 3), (command) => bulkCpu(command, file)),
    );
  }
  const values = (peer: string) => [...cpu.values()].map((medians) => ratio(medians, peer, 'tagger'));
  const details = [...cpu].map(([workload, medians]) => `${workload}: ${seconds(medians)}`).join('; ');
  return {
    python: { values: values('python'), details, ...('skipped' in python && { skipped: python.skipped }) },
    npm_filter: { values: values('npm') },
  };
}
