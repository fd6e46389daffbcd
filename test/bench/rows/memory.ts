import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Results } from '../figures.ts';
import { FifoFilter } from '../measure/fifo-filter.ts';
import { memoryOf } from '../measure/process-figures.ts';
import { replay } from '../measure/replay.ts';
import { type Bench, input, tagger } from '../setup.ts';

/** Resident memory of one tagger in MB: before any work, at its highest, and how much it grew after the first pass. */
export interface Memory {
  idle: number;
  busy: number;
  growth: number;
}

/** Sends a file through a filter as often as asked; `growth` is from the end of the first pass to the end of the last. */
export async function memoryUnderLoad(command: string, file: string, passes: number): Promise<Memory> {
  const filter = new FifoFilter(command);
  const drain = spawn('sh', ['-c', 'cat >/dev/null'], { stdio: [filter.output, 'ignore', 'inherit'] });
  closeSync(filter.output);
  try {
    writeSync(filter.input, 'cpu,host=compute-001 usage_idle=1 1700000000000000000\n');
    await setTimeout(2000);
    const before = memoryOf(filter.pid).now;
    const after: number[] = [];
    for (let pass = 0; pass < passes; pass++) {
      await replay(filter, file);
      after.push(memoryOf(filter.pid).now);
    }
    const busy = memoryOf(filter.pid).highest;
    return { idle: before, busy, growth: (after.at(-1) ?? before) - (after[0] ?? before) };
  } finally {
    closeSync(filter.input);
    await filter.end(10);
    drain.kill();
  }
}

/** One gigabyte here; ten in the nightly run. */
export async function memoryRow(bench: Bench): Promise<Results> {
  const passes = Math.max(2, Math.round(1000 / bench.megabytes));
  bench.say(`Memory: W2 ${passes} times through one tagger`);
  const { idle, busy, growth } = await memoryUnderLoad(tagger(bench), input(bench, 'W2'), passes);
  const sent = ((passes - 1) * bench.megabytes) / 1000;
  return { memory: { values: [idle, busy, Math.max(0, growth)], details: `growth over ${sent} GB` } };
}
