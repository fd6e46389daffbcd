import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { freeUdpPort } from '../../support/udp.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { FifoFilter } from '../measure/fifo-filter.ts';
import { memoryOf } from '../measure/process-figures.ts';
import { program } from '../measure/program.ts';
import { untilBound } from '../measure/udp-socket.ts';
import type { MutationProgress } from '../programs/mutated-datagrams.ts';
import { type Bench, plugin, shell } from '../setup.ts';
import { LISTS_A_DATAGRAM } from '../workload/collectd.ts';
import { cacheFolder } from '../workload/files.ts';
import type { Finding } from './replay.ts';

/** A decoder that says nothing for so long hangs. */
const PATIENCE_MS = 60_000;
/** What the receivers remember of names is full after so many datagrams; from then on memory must stay. */
const WARM_UP = 500_000;
const GROWTH_MB = 16;
/** For all receivers together, in use. */
const MOST_MB = 200;
/** Of CPU for one datagram; a collection of garbage is in it. */
const LONGEST_MS = 500;
/** Of a whole program, where the garbage collector decides how much of it is resident. */
const RSS_GROWTH_MB = 48;

/** Broken datagrams through receivers of every kind, and some through the real program. */
export async function datagramFindings(bench: Bench, count: number, seed: number): Promise<Finding[]> {
  return [
    ...(await decoderFindings(bench, count, seed)),
    ...(await programFindings(bench, Math.ceil(count / 20), seed)),
  ];
}

async function decoderFindings({ root, say }: Bench, count: number, seed: number): Promise<Finding[]> {
  const [node = '', file = ''] = program(root, 'mutated-datagrams');
  const words = ['--expose-gc', file, join(root, 'test/fixtures/collectd'), String(count), String(seed)];
  const child = spawn(node, words, { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment() });
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? '')),
  );
  const hang = () => child.kill('SIGKILL');
  let watch = globalThis.setTimeout(hang, PATIENCE_MS);
  const seen: MutationProgress[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watch);
    watch = globalThis.setTimeout(hang, PATIENCE_MS);
    const progress = JSON.parse(line) as MutationProgress;
    seen.push(progress);
    if (seen.length % 30 === 0) say(`${progress.done} of ${count} datagrams`);
  }
  clearTimeout(watch);
  const status = await ended;
  const last = seen.at(-1);
  const broken = last?.broken;
  if (status !== 0 || last === undefined || broken === undefined) {
    const how = status === 'SIGKILL' ? 'hangs' : `ended with ${status}`;
    return [{ what: `A decoder ${how} after ${last?.done ?? 0} broken datagrams (seed ${seed})`, holds: false }];
  }
  if (broken.length > 0) {
    const report = join(cacheFolder(), `datagrams-${seed}`);
    writeFileSync(report, `${broken.join('\n')}\n`);
    return [
      { what: `${last.done} broken datagrams broke laws, see ${report}: ${broken[0]?.slice(0, 200)}`, holds: false },
    ];
  }
  const most = (of: readonly MutationProgress[]) => Math.max(...of.map(({ heapMb }) => heapMb));
  const [early, late] = [seen.filter(({ done }) => done <= WARM_UP), seen.filter(({ done }) => done > WARM_UP)];
  const growth = Math.max(0, most(late) - most(early));
  return [
    { what: `${count} broken datagrams to five receivers each broke no law, ${last.lines} lines`, holds: true },
    {
      what: `the longest took ${last.longestMs.toFixed(0)} ms of CPU (at most ${LONGEST_MS})`,
      holds: last.longestMs < LONGEST_MS,
    },
    {
      what: `memory in use grew by ${growth.toFixed(1)} MB after the first ${WARM_UP} (at most ${GROWTH_MB}), to ${most(seen).toFixed(0)} MB (at most ${MOST_MB}); resident ${last.rssMb.toFixed(0)} MB`,
      holds: growth <= GROWTH_MB && most(seen) <= MOST_MB,
    },
  ];
}

const RATE = 5000;
/** Reasons for which something is logged, times the intervals in which each may be logged once; far below the datagrams. */
const MOST_LOG_LINES = 2000;

/** Broken datagrams over UDP to the built collectd_in; good ones behind them must still become lines. */
async function programFindings(bench: Bench, count: number, seed: number): Promise<Finding[]> {
  const { root, say } = bench;
  const fixtures = join(root, 'test/fixtures/collectd');
  const port = await freeUdpPort();
  const folder = cacheFolder('config');
  const [conf, log] = [join(folder, 'mutated.conf'), join(folder, 'mutated.log')];
  writeFileSync(conf, config(port, fixtures));
  const command = `${shell(plugin(bench, 'collectd-in', conf))} 2>${log}`;
  const receiver = new FifoFilter(command);
  say(`${count} broken datagrams over UDP to collectd_in`);
  const tail = spawn('tail', ['-n', String(LISTS_A_DATAGRAM)], { stdio: [receiver.output, 'pipe', 'inherit'] });
  const lines = text(tail.stdout as Readable);
  receiver.close();
  const [node = '', file = ''] = program(root, 'send-mutated');
  const words = [file, ...[port, fixtures, count, RATE, seed].map(String)];
  try {
    await untilBound(port);
    const sender = spawn(node, words, { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnvironment() });
    try {
      const half = setTimeout((count / RATE / 2) * 1000).then(() => memoryOf(receiver.pid).now);
      await new Promise((resolve) => sender.stdout.once('data', resolve));
      await setTimeout(2000); // for good ones
      const growth = memoryOf(receiver.pid).now - (await half);
      process.kill(receiver.pid, 'SIGTERM');
      await receiver.end(20);
      const last = (await lines).trimEnd().split('\n');
      const logged = readFileSync(log, 'utf8').split('\n').length - 1;
      return [
        {
          what: `collectd_in makes lines of good datagrams after ${count} broken ones, and ends with status 0`,
          holds:
            last.length === LISTS_A_DATAGRAM && last.every((line) => line.startsWith('collectd_cpu,host=compute-001,')),
        },
        { what: `it logged ${logged} lines about them (at most ${MOST_LOG_LINES})`, holds: logged <= MOST_LOG_LINES },
        {
          what: `its resident memory grew by ${growth.toFixed(1)} MB in the second half (at most ${RSS_GROWTH_MB})`,
          holds: growth <= RSS_GROWTH_MB,
        },
      ];
    } finally {
      sender.kill('SIGKILL');
    }
  } finally {
    tail.kill('SIGKILL');
  }
}

function config(port: number, fixtures: string): string {
  const file = (name: string) => JSON.stringify(join(fixtures, name));
  return `[[inputs.collectd_in]]
  listen = ["udp://127.0.0.1:${port}"]
  receive_buffer = "4MiB"
  auth_file = ${file('auth')}
  types_db = [${file('types.used.db')}, ${file('types-custom.db')}]
`;
}

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}
