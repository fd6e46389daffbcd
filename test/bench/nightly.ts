/**
 * What takes too long for the tests.
 *
 *     npm run nightly                                  all of it, about an hour
 *     npm run nightly -- --only replay --lines 100000  parts: replay, growth, taps, fuzz
 *
 * replay     10 M lines through topology_tagger and surrogate_context, as two processes, as a chain, and twice (--lines N)
 * growth     memory of one tagger over 10 GB (--gigabytes N)
 * taps       100,000 tap devices (--taps N)
 * fuzz       10 M mutations of lines through the real programs (--mutations N, --seed N)
 * datagrams  10 M broken datagrams of collectd through its receivers (--lines N, --seed N)
 *
 * Exit status: 0, 1 when a law does not hold, 2 when it could not run.
 */
import { parseArgs } from 'node:util';
import { datagramFindings } from './nightly/datagrams.ts';
import { fuzzFindings } from './nightly/fuzz.ts';
import { type Finding, replayFindings } from './nightly/replay.ts';
import { growthFindings, tapsFindings } from './nightly/scale.ts';
import { type Bench, checkBuilt, packageRoot } from './setup.ts';

const say = (text: string) => process.stderr.write(`nightly: ${text}\n`);
const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count <= 0) throw new Error(`--${name}: a whole number above 0, not "${text}"`);
  return count;
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      only: { type: 'string', default: 'replay,growth,taps,fuzz,datagrams' },
      lines: { type: 'string', default: '10000000' },
      gigabytes: { type: 'string', default: '10' },
      taps: { type: 'string', default: '100000' },
      mutations: { type: 'string', default: '10000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const bench: Bench = { root: packageRoot(), megabytes: 200, rounds: 1, say };
  checkBuilt(bench);
  const parts: Record<string, () => Finding[] | Promise<Finding[]>> = {
    replay: () => replayFindings(bench, countOf('lines', options.lines)),
    growth: () => growthFindings(bench, countOf('gigabytes', options.gigabytes)),
    taps: () => tapsFindings(bench, countOf('taps', options.taps)),
    fuzz: () => fuzzFindings(bench, countOf('mutations', options.mutations), countOf('seed', options.seed)),
    datagrams: () => datagramFindings(bench, countOf('lines', options.lines), countOf('seed', options.seed)),
  };
  const wanted = options.only.split(',');
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown !== undefined)
    throw new Error(`--only: no part is called "${unknown}"; there are ${Object.keys(parts).join(', ')}`);

  let failed = false;
  for (const name of wanted) {
    const part = async () => (await parts[name]?.()) ?? [];
    const findings = await part().catch((error: unknown): Finding[] => [
      { what: `${name}: ${message(error)}`, holds: false },
    ]);
    for (const { what, holds } of findings) {
      process.stdout.write(`${holds ? 'holds' : 'FAILS'} ${what}\n`);
      failed ||= !holds;
    }
  }
  return failed ? 1 : 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    say(message(error));
    process.exitCode = 2;
  },
);
