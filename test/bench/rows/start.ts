import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../figures.ts';
import { FifoFilter } from '../measure/fifo-filter.ts';
import { median } from '../measure/median.ts';
import { type Bench, passThrough, shell, tagger } from '../setup.ts';

const LINE =
  'virt_if_octets,host=compute-001,plugin_instance=instance-00002000,type_instance=tap rx=1,tx=2 1700000000000000000';

/** Milliseconds from the start of a process to its first line, or to its end where it writes none. */
async function firstLine(command: string): Promise<number> {
  const filter = new FifoFilter(command, { firstLine: LINE });
  filter.waitForLine();
  const took = performance.now() - filter.startedAt;
  closeSync(filter.input);
  filter.waitForLine(); // to its end: a reader that leaves would be another case
  closeSync(filter.output);
  await filter.end(10);
  return took;
}

/** How long a pipe waits for its first line. */
export async function startRow(bench: Bench): Promise<Results> {
  const commands: Record<string, string> = {
    'node -e 0': shell([process.execPath, '-e', '0']),
    'pass-through': passThrough(bench),
    'no configuration': shell([process.execPath, join(bench.root, 'dist/bin/crosslayer-topology-tagger.cjs')]),
    // two keys, and nothing to look up in
    'ten lines of configuration': tagger(bench, { snapshot: null }),
    '2,000 taps': tagger(bench),
  };
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  bench.say(`Start to first line of ${Object.keys(commands).join(', ')}`);
  for (let round = 0; round < bench.rounds * 12 + 1; round++) {
    for (const [name, command] of Object.entries(commands)) times.get(name)?.push(await firstLine(command));
  }
  const ms = new Map([...times].map(([name, values]) => [name, median(values)]));
  const floor = ms.get('node -e 0') ?? Number.NaN;
  return {
    start: {
      values: ['no configuration', 'ten lines of configuration', '2,000 taps'].map(
        (name) => (ms.get(name) ?? Number.NaN) / floor,
      ),
      details: `${[...ms].map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ')} ms`,
    },
  };
}
