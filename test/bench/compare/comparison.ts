import { compare, type Delivered } from './delivered.ts';
import { type Dispatched, dispatched } from './dispatched.ts';
import { ourLines } from './ours.ts';
import { CASES, type Case } from './recordings.ts';
import { telegrafRuns } from './telegraf.ts';

/** What the receivers made of a case. */
export interface Comparison {
  readonly one: Case;
  readonly expected: Dispatched;
  readonly telegraf: Delivered;
  /** Errors that Telegraf logged, with how often. */
  readonly telegrafErrors: ReadonlyMap<string, number>;
  /** With the names of Telegraf's parser, and with our own. */
  readonly likeTelegraf: Delivered;
  readonly ours: Delivered;
}

/** Runs all cases through Telegraf and through the built collectd_in. */
export async function comparisons(telegraf: string, root: string): Promise<Comparison[]> {
  const runs = await telegrafRuns(telegraf, root, CASES);
  const compared: Comparison[] = [];
  for (const one of CASES) {
    const expected = dispatched(root, one);
    const run = runs.get(one.name);
    const likeTelegraf = await ourLines(root, one, 'telegraf_split');
    const ours = await ourLines(root, one, 'crosslayer');
    compared.push({
      one,
      expected,
      telegraf: compare(Buffer.from(run?.lines ?? '', 'latin1'), 'telegraf_split', expected),
      telegrafErrors: countedErrors(run?.log ?? []),
      likeTelegraf: compare(likeTelegraf, 'telegraf_split', expected),
      ours: compare(ours, 'crosslayer', expected),
    });
  }
  return compared;
}

function countedErrors(log: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of log) {
    const [, error] = /^E! (?:Error in plugin: )?(.*)$/.exec(line) ?? [];
    if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
  }
  return counts;
}
