import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoted } from './measure/command.ts';
import { program } from './measure/program.ts';
import { cacheFolder, repeatedFile, snapshotFile, type Workload, workloadFile } from './workload/files.ts';
import { NODE } from './workload/identities.ts';

/** What all measurements share: files, commands, and how much time they may take. */
export interface Bench {
  root: string;
  /** 10^6 bytes of each workload. */
  megabytes: number;
  /** Rounds of what is quick to measure; slow things take fewer. */
  rounds: number;
  say(text: string): unknown;
}

/** The folder of package.json, from where the command was given. */
export function packageRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'crosslayer')
      return folder;
    if (folder === dirname(folder)) throw new Error('Run it in the folder of crosslayer');
  }
}

/** @throws {Error} when the executables have not been built */
export function checkBuilt({ root }: Pick<Bench, 'root'>): void {
  if (!existsSync(executable(root)))
    throw new Error(`${executable(root)} is missing: run "npm ci" or "npm run build" first`);
}

function executable(root: string): string {
  return join(root, 'dist/bin/crosslayer.cjs');
}

function configFile(name: string, text: string): string {
  const path = join(cacheFolder('config'), name);
  writeFileSync(path, text);
  return path;
}

/** The tag that selects the added tags in a workload. */
export const SELECTING_TAG: Readonly<Record<Workload, string>> = { W1: 'host', W2: 'type_instance', W3: 'host' };

/** Which snapshot a tagger gets. */
export interface TaggerOptions {
  /** Path of the snapshot; of 2,000 taps by default, null for none. */
  snapshot?: string | null;
  /** So many VMs may have tags; the plugin's default is enough for 2,000 taps. */
  maxValues?: number;
}

/** The tagger's table: its own rules and the two keys of the workloads, three tags of about 100 bytes together. */
export function taggerTable({ snapshot = snapshotFile({ taps: 2000 }), maxValues = 2000 }: TaggerOptions = {}): string {
  return `[[processors.topology_tagger]]
${snapshot === null ? '' : `  snapshot = ${JSON.stringify(snapshot)}\n`}  node = "${NODE}"
  log_level = "error"
  max_values = ${maxValues}
  tags = ["vm_id", "vm_name", "project_id"]
  [[processors.topology_tagger.key]]
    tag = "type_instance"
    kind = "if"
  [[processors.topology_tagger.key]]
    tag = "host"
    kind = "dom"
`;
}

function contextTable(context: Record<string, string>): string {
  const tags = Object.entries(context).map(([tag, value]) => `    ${tag} = "${value}"\n`);
  return `[[processors.surrogate_context]]\n  log_level = "error"\n  [processors.surrogate_context.context]\n${tags.join('')}`;
}

/** Three contexts that add other tags each. */
export const CONTEXT_TABLES: readonly string[] = [
  contextTable({ sfc: 'media_dash', sfc_i: 'media_dash_1' }),
  contextTable({ sf_pack: 'packager', sf_i: 'packager_1' }),
  contextTable({ surrogate: 'surrogate-1', server: 'server-1', location: 'bristol' }),
];

/** Command words that run one of our plugins (or `chain`) on a configuration. */
export function plugin({ root }: Pick<Bench, 'root'>, name: string, config: string, host = 'pipe'): string[] {
  return [process.execPath, executable(root), name, '--config', config, '--host', host];
}

/** Shell command of the tagger as it is measured. */
export function tagger(bench: Bench, options: TaggerOptions = {}): string {
  const text = taggerTable(options);
  const name = options.snapshot === undefined ? 'tagger' : options.snapshot === null ? 'tagger-empty' : 'tagger-other';
  return shell(plugin(bench, 'topology-tagger', configFile(`${name}.conf`, text)));
}

/** Configuration files of the four stages: the tagger and three contexts. */
export function stageConfigs(): { name: string; config: string }[] {
  return [
    { name: 'topology-tagger', config: configFile('stage-0.conf', taggerTable()) },
    ...CONTEXT_TABLES.map((table, i) => ({
      name: 'surrogate-context',
      config: configFile(`stage-${i + 1}.conf`, table),
    })),
  ];
}

/** Configuration file of the same four stages in one process. */
export function chainConfig(): string {
  return configFile('chain.conf', [taggerTable(), ...CONTEXT_TABLES].join('\n'));
}

const WHOLE_CONTEXT = {
  ...{ sfc: 'media_dash', sfc_i: 'media_dash_1', sf_pack: 'packager', sf_i: 'packager_1' },
  ...{ surrogate: 'surrogate-1', server: 'server-1', location: 'bristol' },
};

/** Shell command of one surrogate_context with all its tags. */
export function contextStage(bench: Pick<Bench, 'root'>): string {
  return shell(plugin(bench, 'surrogate-context', configFile('context.conf', contextTable(WHOLE_CONTEXT))));
}

/** Shell command of a chain of the tagger and that context. */
export function twoStageChain(bench: Pick<Bench, 'root'>): string {
  const text = `${taggerTable()}\n${contextTable(WHOLE_CONTEXT)}`;
  return shell(plugin(bench, 'chain', configFile('two-stages.conf', text)));
}

/** Shell command of Node's pass-through. */
export function passThrough({ root }: Pick<Bench, 'root'>): string {
  return shell(program(root, 'pass-through'));
}

/** Shell command of collectd_in at a port of 127.0.0.1. With `statistics` it writes them once, at its end. */
export function collectdIn(bench: Pick<Bench, 'root'>, port: number, statistics = false): string {
  const text = `[process]
  stats_interval = "${statistics ? '1h' : '0s'}"
[[inputs.collectd_in]]
  listen = ["udp://127.0.0.1:${port}"]
  receive_buffer = "4MiB"
  types_db = []
  log_level = "error"
`;
  return shell(plugin(bench, 'collectd-in', configFile('collectd-in.conf', text)));
}

export function shell(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

export function input({ megabytes }: Pick<Bench, 'megabytes'>, workload: Workload): string {
  return workloadFile(workload, megabytes);
}

/** Lines that a real Telegraf wrote, repeated to half the size of the workloads. */
export function telegrafLines({ root, megabytes }: Bench): string {
  return repeatedFile(
    join(root, 'test/fixtures/recorded-node/captured/telegraf/host-metrics.lp'),
    'telegraf',
    megabytes / 2,
  );
}
