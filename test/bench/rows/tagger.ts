import type { Results, RowName } from '../figures.ts';
import { checkIdentical } from '../identity.ts';
import { bulkCpu } from '../measure/bulk.ts';
import type { Command } from '../measure/command.ts';
import { interleaved, ratio, seconds } from '../measure/median.ts';
import { goPeer, onWorkload, type Peer } from '../peers.ts';
import { type Bench, input, passThrough, tagger, telegrafLines } from '../setup.ts';
import { snapshotFile, type Workload } from '../workload/files.ts';

/** The tagger against pass-through, Go and Telegraf's shim, all in one run for each workload. */
export function taggerRows(bench: Bench, rows: readonly RowName[]): Results {
  const peer = (row: RowName, name: string): Peer =>
    rows.includes(row) ? goPeer(bench, name) : { skipped: 'it was not asked for' };
  const go = peer('go', 'line-protocol-filter');
  const shim = peer('shim', 'shim-filter');
  const cpu = new Map<Workload, Map<string, number>>();

  for (const workload of ['W1', 'W2', 'W3'] as const) {
    const file = input(bench, workload);
    const ours: Command = { name: 'tagger', stages: [tagger(bench)] };
    bench.say(`${workload}: comparing the tagger's output with the reference tagger's`);
    checkIdentical(ours, file, snapshotFile({ taps: 2000 }));

    const commands: Command[] = [{ name: 'pass-through', stages: [passThrough(bench)] }, ours];
    if ('command' in go) commands.push({ name: 'go', stages: [onWorkload(go.command, workload)] });
    // The shim works on several cores at once: pinned to one it would look better than it is.
    if ('command' in shim && workload !== 'W3')
      commands.push({ name: 'shim', stages: [onWorkload(shim.command, workload)], pin: 'none' });
    bench.say(`${workload}: CPU of ${commands.map(({ name }) => name).join(', ')}`);
    cpu.set(
      workload,
      interleaved(commands, bench.rounds, (command) => bulkCpu(command, file)),
    );
  }

  const results = (a: string, b: string, workloads: readonly Workload[]) =>
    workloads.map((workload) => ratio(cpu.get(workload), a, b));
  const details = [...cpu].map(([workload, values]) => `${workload}: ${seconds(values)}`).join('; ');
  const skipped = (peer: typeof go) => ('skipped' in peer ? { skipped: peer.skipped } : {});
  return {
    'pass-through': { values: results('tagger', 'pass-through', ['W1', 'W2', 'W3']), details },
    go: { values: results('go', 'tagger', ['W1', 'W2', 'W3']), ...skipped(go) },
    shim: { values: results('shim', 'tagger', ['W1', 'W2']), ...skipped(shim) },
  };
}

/** Lines of a real Telegraf: most of them hit nothing in the snapshot. */
export function telegrafLinesRow(bench: Bench): Results {
  const file = telegrafLines(bench);
  const ours: Command = { name: 'tagger', stages: [tagger(bench)] };
  checkIdentical(ours, file, snapshotFile({ taps: 2000 }));
  const commands = [{ name: 'pass-through', stages: [passThrough(bench)] }, ours];
  bench.say('Real Telegraf lines: CPU of pass-through and tagger');
  const cpu = interleaved(commands, bench.rounds, (command) => bulkCpu(command, file));
  return { telegraf_lines: { values: [ratio(cpu, 'tagger', 'pass-through')], details: seconds(cpu) } };
}
