import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Results } from '../figures.ts';
import { median } from '../measure/median.ts';
import { type Feed, type Passage, paced } from '../measure/pace.ts';
import { type Bench, tagger } from '../setup.ts';
import { snapshotFile, workloadFile } from '../workload/files.ts';

/** What a stream notices of a new snapshot, in ms. */
interface Pause {
  /** Longest delay of a line from the replacement on; median over the replacements. */
  longest: number;
  /** Longest delay before any replacement: the machine's own. */
  before: number;
  /** From the replacement to the first line with a new tag; median. */
  inEffect: number;
}

/** Replaces the snapshot as the agent does, by renaming a file over it, while lines pass. */
export async function pauseAtReplacement(
  bench: Bench,
  taps: number,
  replacements: number,
  everyMs: number,
): Promise<Pause> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  const [current, next] = [join(folder, 'topology.json'), join(folder, 'next.json')];
  const versions = Array.from({ length: replacements }, (_, i) => `edition${i + 2}`);
  const files = versions.map((vmNames, i) => snapshotFile({ taps, seq: i + 2, vmNames }));
  const seconds = 3 + (replacements * everyMs) / 1000;
  const feed: Feed = {
    root: bench.root,
    input: workloadFile('W2', 20, taps),
    rate: 2000,
    seconds,
    marks: versions.map((version) => `vm_name=${version}-`),
  };
  try {
    copyFileSync(snapshotFile({ taps }), current);
    const replaced: number[] = [];
    const { passages, marks } = await paced(
      tagger(bench, { snapshot: current, maxValues: taps + 2000 }),
      feed,
      async (clock) => {
        await setTimeout(5000); // start, warm-up, and time for `before`
        for (const file of files) {
          copyFileSync(file, next);
          replaced.push(clock());
          renameSync(next, current);
          await setTimeout(everyMs);
        }
      },
    );
    const unseen = marks.findIndex(Number.isNaN);
    if (unseen >= 0) throw new Error(`Snapshot ${unseen + 2} of ${taps} taps was not in effect within ${everyMs} ms`);
    const between = (from: number, to: number) =>
      passages.reduce(
        (most, { sent, delay }: Passage) => (sent >= from && sent < to ? Math.max(most, delay) : most),
        0,
      );
    const first = replaced[0] ?? 0;
    return {
      longest: median(replaced.map((at) => between(at - 20, at + everyMs - 200))),
      before: between(0, first - 200),
      inEffect: median(replaced.map((at, i) => (marks[i] ?? Number.NaN) - at)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The pause that a new snapshot causes, small and large. */
export async function replacementRow(bench: Bench): Promise<Results> {
  const replacements = bench.rounds;
  bench.say('Replacing a snapshot of 2,000 taps, then one of 100,000');
  const small = await pauseAtReplacement(bench, 2000, replacements, 3000);
  const large = await pauseAtReplacement(bench, 100_000, Math.min(replacements, 3), 20_000);
  const text = ({ longest, before, inEffect }: Pause) =>
    `${longest.toFixed(1)} ms (without a replacement up to ${before.toFixed(1)}), in effect after ${inEffect.toFixed(0)} ms`;
  return {
    replacement: {
      values: [small.longest, large.longest],
      details: `2,000 taps: ${text(small)}; 100,000: ${text(large)}`,
    },
  };
}
