import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedClock } from '../programs/shared-clock.ts';
import { FifoFilter } from './fifo-filter.ts';
import { percentile } from './median.ts';
import { processors } from './processors.ts';
import { program } from './program.ts';

/** One write per line, at a steady rate. */
export interface Feed {
  root: string;
  input: string;
  /** Lines a second. */
  rate: number;
  seconds: number;
  /** Texts to look for in the output, one after the other. */
  marks?: readonly string[];
}

/** A line's way through a filter, in ms. */
export interface Passage {
  sent: number;
  /** From just before its write to just after the read that brought its end. */
  delay: number;
}

/** What a filter did under a feed. */
export interface Paced {
  /** CPU seconds of the filter during the measured lines; its start is not in it. */
  cpu: number;
  p50: number;
  p99: number;
  passages: Passage[];
  /** When each of the feed's marks was first seen in the output; NaN: never. */
  marks: number[];
}

/** Seconds at the same rate before the measured ones. */
const WARM_UP = 1;

/**
 * Feeds a filter, and takes the delay of every line: line n out must belong to line n in. The writer has a processor of
 * its own, filter and reader share the other. `beside` runs meanwhile, with the clock of the passages.
 */
export async function paced(
  filter: string,
  feed: Feed,
  beside?: (clock: () => number) => Promise<void>,
): Promise<Paced> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  const sent = join(folder, 'sent');
  const came = join(folder, 'came');
  const epoch = process.hrtime.bigint();
  const warmUp = feed.rate * WARM_UP;
  const measured = feed.rate * feed.seconds;
  try {
    const pinned = processors();
    const [read, write] = [program(feed.root, 'read-paced'), program(feed.root, 'write-paced')];
    const child = new FifoFilter(filter, { processor: pinned?.filter });
    const reader = runOn(
      pinned?.filter,
      [child.output, 'ignore'],
      [...read, ...[1 + warmUp + measured, epoch, came, ...(feed.marks ?? [])].map(String)],
    );
    const writer = runOn(
      pinned?.ends,
      ['ignore', child.input],
      [...write, ...[feed.input, feed.rate, warmUp, measured, child.pid, epoch, sent].map(String)],
    );
    child.close();
    await Promise.all([child.end(feed.seconds + 20), reader, writer, beside?.(sharedClock(epoch))]);

    const [cpu = Number.NaN, ...written] = doubles(sent);
    const arrived = doubles(came);
    const passages = written.map((at, i) => ({ sent: at, delay: (arrived[i] ?? Number.NaN) - at })).slice(1 + warmUp);
    const delays = passages.map(({ delay }) => delay);
    return {
      cpu,
      p50: percentile(delays, 0.5),
      p99: percentile(delays, 0.99),
      passages,
      marks: [...arrived.slice(written.length)],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program on a processor. @throws {Error} when it fails */
export function runOn(
  processor: number | undefined,
  [stdin, stdout]: [number | 'ignore', number | 'ignore'],
  command: readonly string[],
): Promise<void> {
  const words = [...(processor === undefined ? [] : ['taskset', '-c', String(processor)]), ...command];
  const child = spawn(words[0] as string, words.slice(1), { stdio: [stdin, stdout, 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${words.join(' ')}: exit status ${code}`)),
    );
  });
}

/** What a program of ours wrote as its result. */
export function doubles(file: string): Float64Array {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
