import { readFileSync } from 'node:fs';
import { parsePoints } from '../../../shared/line-protocol/index.ts';
import type { Results } from '../figures.ts';
import { fed } from '../measure/datagrams.ts';
import { program } from '../measure/program.ts';
import { type Bench, collectdIn } from '../setup.ts';
import { LISTS_A_DATAGRAM } from '../workload/collectd.ts';

const RATE = 20_000;

/** What came out of collectd_in, and what it says itself. */
interface Received {
  lines: number;
  /** Its counters at the end: decoded, dropped since the reader was behind, dropped by the kernel. */
  datagrams: number;
  dropped: number;
  kernelDrops: number;
}

/** More datagrams than any node sends: what the kernel drops is told to the last one, and nothing is lost behind it. */
export async function collectdFloodRow(bench: Bench): Promise<Results> {
  const seconds = Math.min(10, bench.rounds * 2);
  bench.say(`Flood: ${RATE} datagrams/s of ${LISTS_A_DATAGRAM} values for ${seconds} s`);
  const counter = program(bench.root, 'count-lines');
  const { sent, late, drops, cpu, result } = await fed(
    {
      root: bench.root,
      rate: RATE,
      count: RATE * seconds,
      pace: 'sleeps',
      receiver: (port) => collectdIn(bench, port, true),
      reader: (_, file) => [...counter, file],
    },
    received,
  );
  const { lines, datagrams, dropped, kernelDrops } = result;
  const unaccounted = Math.abs(sent - datagrams - dropped - kernelDrops) + Math.abs(drops - kernelDrops);
  return {
    collectd_flood: {
      values: [dropped + datagrams - lines / LISTS_A_DATAGRAM, unaccounted, drops],
      details:
        `${sent} sent in ${seconds} s, ${datagrams} decoded to ${lines} lines, ${dropped} dropped as the reader was behind, ` +
        `${kernelDrops} by the kernel; ` +
        `the sender was late by ${late.toFixed(0)} ms at most; collectd_in took ${((cpu / datagrams) * 1e6).toFixed(1)} µs of CPU a datagram`,
    },
  };
}

function received(file: string): Received {
  const [lines, statistics = ''] = readFileSync(file, 'utf8').split('\n');
  const fields = new Map(
    parsePoints(statistics)[0]?.fields.map(([key, { value }]): [string, number] => [key, Number(value)]),
  );
  const counter = (name: string) => fields.get(name) ?? Number.NaN;
  return {
    lines: Number(lines),
    datagrams: counter('datagrams'),
    dropped: counter('dropped_datagrams'),
    kernelDrops: counter('kernel_drops'),
  };
}
