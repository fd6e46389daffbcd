import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, quoted } from '../measure/command.ts';
import { program } from '../measure/program.ts';
import { type Bench, contextStage, shell, tagger, twoStageChain } from '../setup.ts';
import { cacheFolder, workloadFile } from '../workload/files.ts';
import { Random } from '../workload/random.ts';
import { mutate } from './mutate.ts';
import type { Finding } from './replay.ts';

const SAMPLE = 1_000_000; // bytes a round

/** A round's laws: name and two outputs that must be equal. */
type Law = [law: string, a: Buffer, b: Buffer];

/** What the tagger adds; no input holds it. */
const ADDED = /,vm_id=[0-9a-f-]{36},vm_name=[\w-]+,project_id=[0-9a-f]{32}/g;

/** Output of stages behind a source. Quarantine and warnings are not what is looked at here. @throws {Error} when a stage fails */
function output(source: string, ...stages: string[]): Buffer {
  const pipe = [source, ...stages].join(' | ');
  const run = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], {
    env: cleanEnvironment(),
    maxBuffer: 1 << 30,
    timeout: 120_000,
  });
  if (run.status !== 0)
    throw new Error(`Exit status ${run.status ?? run.signal} of ${pipe}\n${String(run.stderr).slice(-2000)}`);
  return run.stdout;
}

/**
 * Broken lines through the real programs: nothing is lost or changed besides added tags, wherever the input is cut, once
 * or twice, in one process or two. A round that breaks a law leaves its input in the cache folder.
 */
export function fuzzFindings(bench: Bench, mutations: number, seed: number): Finding[] {
  const random = new Random(seed);
  const texts = (['W1', 'W2', 'W3'] as const).map((workload) => readFileSync(workloadFile(workload, 20)));
  const [tag, context, chain] = [tagger(bench), contextStage(bench), twoStageChain(bench)];
  const chop = shell(program(bench.root, 'chop'));
  let done = 0;
  for (let round = 0; done < mutations; round++) {
    const text = random.pick(texts);
    const from = random.below(text.length - SAMPLE);
    const mutated = mutate(random, text.subarray(from, from + SAMPLE), random.pick([20, 100, 1000]));
    done += mutated.mutations;
    const file = join(cacheFolder(), `fuzz-${seed}-${round}`);
    writeFileSync(file, mutated.bytes);
    const whole = `cat ${quoted(file)}`;
    const chopped = (n: number) => `${chop} ${quoted(file)} ${n}`;
    const ended = mutated.bytes.at(-1) === 10 ? mutated.bytes : Buffer.concat([mutated.bytes, Buffer.from('\n')]);

    const tagged = output(whole, tag);
    const both = output(whole, chain);
    const laws: Law[] = [
      [
        'the output without the added tags is the input',
        Buffer.from(tagged.toString('latin1').replace(ADDED, ''), 'latin1'),
        ended,
      ],
      ['the tagger gives the same wherever its input is cut', tagged, output(chopped(round), tag)],
      ['the chain gives the same wherever its input is cut', both, output(chopped(round + 1), chain)],
      ['a chain and two processes give the same', both, output(whole, tag, context)],
      ['the tagger changes nothing the second time', tagged, output(whole, tag, tag)],
      ['the chain changes nothing the second time', both, output(whole, chain, chain)],
    ];
    const broken = laws.filter(([, a, b]) => !a.equals(b)).map(([law]) => law);
    if (broken.length > 0)
      return [{ what: `${broken.join('; ')} — not so for ${file} (seed ${seed}, round ${round})`, holds: false }];
    spawnSync('rm', [file]);
    if (round % 20 === 0) bench.say(`${done} of ${mutations} mutations`);
  }
  return [{ what: `${done} mutations broke no law`, holds: true }];
}
