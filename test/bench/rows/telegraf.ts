import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Results } from '../figures.ts';
import { cleanEnvironment } from '../measure/command.ts';
import { median, ratio, seconds } from '../measure/median.ts';
import { cpuOf } from '../measure/process-figures.ts';
import { telegrafPeer } from '../peers.ts';
import { type Bench, chainConfig, plugin, stageConfigs } from '../setup.ts';
import { workloadFile } from '../workload/files.ts';

/** W2 for Telegraf, which takes longer than its processors: about 300,000 lines. */
const MEGABYTES = 40;

/** A telegraf.conf that replays a file once through the processors and writes nothing, or to `output`. */
function telegrafConf(input: string, processors: readonly string[][], output?: string): string {
  const replay = ['sh', '-c', 'cat "$0"; exec sleep 3600', input];
  const list = (words: readonly string[]) => JSON.stringify(words);
  const stages = processors.map(
    (command, i) => `[[processors.execd]]
  alias = "stage-${i + 1}"
  order = ${i + 1}
  command = ${list(command)}
  restart_delay = "1s"
`,
  );
  return `[agent]
  interval = "10s"
  flush_interval = "1s"
  metric_batch_size = 5000
  metric_buffer_limit = 1000000
  omit_hostname = true
  quiet = true
  skip_processors_after_aggregators = true

[[inputs.execd]]
  command = ${list(replay)}
  signal = "none"
  data_format = "influx"

${stages.join('\n')}
${output === undefined ? '[[outputs.discard]]' : `[[outputs.file]]\n  files = [${JSON.stringify(output)}]\n  data_format = "influx"`}
`;
}

/** CPU seconds of a Telegraf and all its processes from its start until the file has passed. */
async function replayCpu(telegraf: string, conf: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  const file = join(folder, 'telegraf.conf');
  writeFileSync(file, conf);
  const log = join(folder, 'stderr');
  const stderr = openSync(log, 'w');
  const child = spawn(telegraf, ['--config', file], { stdio: ['ignore', 'ignore', stderr], env: cleanEnvironment() });
  closeSync(stderr);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${telegraf} did not start`);
  try {
    // It is done when it has been quiet for two seconds: a flush comes every second.
    let cpu = 0;
    for (let quiet = 0; quiet < 4; ) {
      await setTimeout(500);
      const now = cpuOf(pid);
      if (child.exitCode !== null) {
        throw new Error(`Telegraf ended with status ${child.exitCode}\n${readFileSync(log, 'utf8').slice(-2000)}`);
      }
      quiet = now > 0.3 && now - cpu < 0.02 ? quiet + 1 : 0;
      cpu = now;
    }
    return cpu;
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Telegraf writes of a file: the lines in order of their text, since nothing else is the same in each run. */
async function written(telegraf: string, input: string, processors: readonly string[][]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));
  try {
    const output = join(folder, 'out');
    await replayCpu(telegraf, telegrafConf(input, processors, output));
    return readFileSync(output, 'utf8').trimEnd().split('\n').sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both ways must lose nothing and give the same. @throws {Error} */
async function checkSame(telegraf: string, chain: readonly string[][], four: readonly string[][]): Promise<void> {
  const input = workloadFile('W2', 4);
  const lines = readFileSync(input, 'utf8').trimEnd().split('\n').length;
  const [one, other] = [await written(telegraf, input, chain), await written(telegraf, input, four)];
  if (one.length !== lines || other.length !== lines) {
    throw new Error(
      `Of ${lines} lines ${one.length} came through Telegraf with a chain, ${other.length} with four processors`,
    );
  }
  const at = one.findIndex((line, i) => line !== other[i]);
  if (at >= 0) throw new Error(`A chain and four processors differ under Telegraf:\n${one[at]}\n${other[at]}`);
}

/** Four processors.execd against one that runs a chain, under a real Telegraf. */
export async function telegrafRow(bench: Bench): Promise<Results> {
  const telegraf = telegrafPeer();
  if ('skipped' in telegraf) return { telegraf: { values: [undefined], skipped: telegraf.skipped } };
  const [binary = ''] = telegraf.command;
  const input = workloadFile('W2', MEGABYTES);
  const chain = [plugin(bench, 'chain', chainConfig(), 'telegraf')];
  const four = stageConfigs().map(({ name, config }) => plugin(bench, name, config, 'telegraf'));
  bench.say('Comparing what Telegraf writes with one chain and with four processors');
  await checkSame(binary, chain, four);
  const confs: Record<string, string> = {
    'Telegraf alone': telegrafConf(input, []),
    'with one chain': telegrafConf(input, chain),
    'with four': telegrafConf(input, four),
  };
  bench.say(`Telegraf replays ${MEGABYTES} MB of W2: alone, through one chain, through four processors`);
  const cpu = new Map<string, number[]>(Object.keys(confs).map((name) => [name, []]));
  for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
    for (const [name, conf] of Object.entries(confs)) cpu.get(name)?.push(await replayCpu(binary, conf));
  }
  const medians = new Map([...cpu].map(([name, values]) => [name, median(values)]));
  return { telegraf: { values: [ratio(medians, 'with four', 'with one chain')], details: seconds(medians) } };
}
