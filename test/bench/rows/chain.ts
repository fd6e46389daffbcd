import type { Results } from '../figures.ts';
import { outputDigest } from '../identity.ts';
import { bulkCpu } from '../measure/bulk.ts';
import { interleaved, ratio, seconds } from '../measure/median.ts';
import { type Bench, chainConfig, input, plugin, shell, stageConfigs, tagger } from '../setup.ts';

/** Four stages in one process, in four, and the first of them alone. */
export function chainRows(bench: Bench): Results {
  const file = input(bench, 'W2');
  const chain = { name: 'chain', stages: [shell(plugin(bench, 'chain', chainConfig()))] };
  const processes = {
    name: '4 processes',
    stages: stageConfigs().map(({ name, config }) => shell(plugin(bench, name, config))),
  };
  bench.say('W2: comparing the output of four processes and of one chain');
  if (outputDigest(chain, file) !== outputDigest(processes, file))
    throw new Error('A chain gives other bytes than four processes');
  bench.say('W2: CPU of tagger, chain, four processes');
  const commands = [{ name: 'tagger', stages: [tagger(bench)] }, chain, processes];
  const cpu = interleaved(commands, bench.rounds, (command) => bulkCpu(command, file));
  return {
    processes: { values: [ratio(cpu, processes.name, 'chain')], details: seconds(cpu) },
    chain: { values: [ratio(cpu, 'chain', 'tagger')] },
  };
}
