import { checkIdentical } from '../identity.ts';
import { memoryUnderLoad } from '../rows/memory.ts';
import { pauseAtReplacement } from '../rows/replacement.ts';
import { type Bench, input, tagger } from '../setup.ts';
import { snapshotFile, workloadFile } from '../workload/files.ts';
import type { Finding } from './replay.ts';

/** A tagger that runs for long: its memory after the first pass and after the last. */
export async function growthFindings(bench: Bench, gigabytes: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const workload of ['W2', 'W3'] as const) {
    const passes = 1 + Math.ceil((gigabytes * 1000) / bench.megabytes);
    bench.say(`${gigabytes} GB of ${workload} through one tagger`);
    const { busy, growth } = await memoryUnderLoad(tagger(bench), input(bench, workload), passes);
    findings.push({
      what: `${workload}: memory grew by ${growth.toFixed(1)} MB over ${gigabytes} GB (at most 3), highest ${busy.toFixed(0)} MB`,
      holds: growth <= 3,
    });
  }
  return findings;
}

/** A node with very many taps: right bytes, and no long pause at a new snapshot. */
export async function tapsFindings(bench: Bench, taps: number): Promise<Finding[]> {
  const snapshot = snapshotFile({ taps });
  const file = workloadFile('W2', 100, taps);
  const command = { name: `tagger with ${taps} taps`, stages: [tagger(bench, { snapshot, maxValues: taps + 2000 })] };
  bench.say(`${taps} taps: comparing with the reference tagger`);
  checkIdentical(command, file, snapshot);
  const { busy } = await memoryUnderLoad(tagger(bench, { snapshot, maxValues: taps + 2000 }), file, 1);
  const { longest, inEffect } = await pauseAtReplacement(bench, taps, 3, 20_000);
  return [
    { what: `${taps} taps: the reference tagger's bytes; highest memory ${busy.toFixed(0)} MB`, holds: true },
    {
      what: `${taps} taps: pause of ${longest.toFixed(1)} ms at a new snapshot (at most 200), in effect after ${inEffect.toFixed(0)} ms`,
      holds: longest <= 200,
    },
  ];
}
