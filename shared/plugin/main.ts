import { readFileSync } from 'node:fs';
import type { Config } from '../config/build-config.ts';
import type { Catalogue, CatalogueEntry, PluginFlag } from '../config/catalogue.ts';
import { ConfigError } from '../config/errors.ts';
import { preparedConfig } from '../config/prepared-config.ts';
import { readOnce } from '../config/read-once.ts';
import { TooManyTagsError } from '../line-protocol/tag-names.ts';
import { type CommandLine, flagName, parseCommandLine, UsageError } from './command-line.ts';
import type { PluginDefinition } from './definition.ts';
import { detectHost } from './host.ts';
import { run } from './run.ts';
import { Signals } from './signals.ts';

/** Exit status: 0 done, 1 failed while running (a restart may help), 2 usage or configuration (it will not). */
const FAILED = 1;
const MISCONFIGURED = 2;

/** What a program consists of. */
export interface Program {
  readonly version: string;
  readonly catalogue: Catalogue<PluginDefinition>;
  /** Brings what reads and checks a configuration, with the catalogue's validators: a start without a file does not need it. */
  loadConfiguration(): Promise<Pick<typeof import('../config/quick-config.ts'), 'defaultConfig' | 'quickConfig'>>;
}

/**
 * The executable `crosslayer`: the first word names the plugin (with hyphens), or is `chain`. A launcher gives its plugin's name and leaves the word out.
 */
export function runProgram(program: Program, words: readonly string[], plugin?: string): void {
  const signals = new Signals();
  endAtBugs(signals);
  main(program, words, plugin, signals).then(
    (status) => {
      process.exitCode ||= status;
    },
    (error: unknown) => {
      process.exitCode = report(error);
    },
  );
}

/** An exception that nobody expects: said in one line, then what was read is delivered as at SIGTERM, and the status is 1. */
function endAtBugs(signals: Signals): void {
  let crashed = false;
  process.on('uncaughtException', (error) => {
    report(error);
    // a second one on the way out: nothing can be trusted any more
    if (crashed) process.exit(FAILED);
    crashed = true;
    process.exitCode = FAILED;
    signals.terminate();
  });
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    complain(`${error.message}; see --help`);
    return MISCONFIGURED;
  }
  if (error instanceof ConfigError) {
    for (const line of error.lines) complain(line);
    return MISCONFIGURED;
  }
  if (error instanceof TooManyTagsError) {
    complain(error.message);
    return MISCONFIGURED;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  // what the system refused is an operator's matter, all else is a bug
  complain(
    code?.startsWith('E') && !code.startsWith('ERR') ? message : String(stack ?? message).replace(/\n\s*/g, ' | '),
  );
  return FAILED;
}

function complain(text: string): void {
  process.stderr.write(`E! ${text.replace(/\n/g, ' | ').slice(0, 8000)}\n`);
}

async function main(
  program: Program,
  words: readonly string[],
  plugin: string | undefined,
  signals: Signals,
): Promise<number> {
  const [name, rest] = plugin === undefined ? subcommand(program, words) : [plugin, words];
  const line = parseCommandLine(rest, name === undefined ? [] : flagsOf(program, name));
  if (name === undefined || line.help) return print((await import('./help.ts')).helpText(program, name));
  if (line.version) return print(`crosslayer ${program.version}\n`);
  if (line.sampleConfig) return print((await import('./help.ts')).sampleText(program, name));
  const config = await configOf(program, name, line);
  if (line.configCheck) return print('');
  refuseIdleFlags(program, config, line);
  return run(line.test ? withoutOutputs(config) : config, {
    ...line,
    host: line.host ?? detectHost(),
    version: program.version,
    signals,
  });
}

/** The flags of plugins that this process may have; a chain may have any. */
function flagsOf({ catalogue }: Program, name: string): readonly PluginFlag[] {
  const entries = name === 'chain' ? catalogue.entries : catalogue.entries.filter((entry) => entry.name === name);
  return entries.flatMap(({ flags = [] }) => flags);
}

/** A flag of a plugin that the chain does not have would do nothing. */
function refuseIdleFlags(program: Program, { stages }: Config<PluginDefinition>, { pluginFlags }: CommandLine): void {
  const known = stages.flatMap(({ definition }) => definition.flags ?? []).map(({ usage }) => flagName(usage));
  for (const name of pluginFlags.keys()) {
    if (known.includes(name)) continue;
    const owner = program.catalogue.entries.find(({ flags }) => flags?.some(({ usage }) => flagName(usage) === name));
    throw new UsageError(`--${name} is a flag of ${owner?.name}, which this chain does not have`);
  }
}

/** `undefined` for the list of plugins. */
function subcommand(
  program: Program,
  [word, ...rest]: readonly string[],
): [name: string | undefined, rest: readonly string[]] {
  if (word === undefined || word === 'help') return [undefined, []];
  if (word.startsWith('-')) return [undefined, [word, ...rest]];
  const name = word.replaceAll('-', '_');
  if (name !== 'chain' && !entryOf(program, name)) {
    throw new UsageError(
      `Unknown plugin "${word}"; there are ${['chain', ...program.catalogue.entries.map(launched)].join(', ')}`,
    );
  }
  return [name, rest];
}

function entryOf({ catalogue }: Program, name: string): CatalogueEntry<PluginDefinition> | undefined {
  return catalogue.entries.find((entry) => entry.name === name);
}

function launched({ name }: CatalogueEntry<PluginDefinition>): string {
  return name.replaceAll('_', '-');
}

async function configOf(program: Program, name: string, line: CommandLine): Promise<Config<PluginDefinition>> {
  const options = {
    catalogue: program.catalogue,
    environment: process.env,
    ...(name !== 'chain' && { plugin: name }),
    // shared by the two readers
    readFile: readOnce(),
  };
  if (line.config === undefined) {
    if (name === 'chain') throw new UsageError('"chain" needs --config FILE');
    const prepared = preparedConfig(program.catalogue, name);
    if (prepared) return prepared;
    const { defaultConfig } = await program.loadConfiguration();
    return defaultConfig(options);
  }
  const fromStdin = line.config === '-' || line.config === '/dev/stdin';
  const text = readText(fromStdin ? 0 : line.config);
  const { quickConfig } = await program.loadConfiguration();
  const quick = quickConfig(text, options);
  if (quick) return quick;
  const { readConfig } = await import('../config/read-config.ts');
  return readConfig(text, fromStdin ? '(stdin)' : line.config, options);
}

/** For `--test`: what outputs would get goes to stdout. */
function withoutOutputs({ stages, ...config }: Config<PluginDefinition>): Config<PluginDefinition> {
  return { ...config, stages: stages.filter(({ definition }) => definition.kind !== 'output') };
}

function readText(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const message = `cannot read this configuration: ${(error as Error).message}`;
    throw new ConfigError(String(file || '(stdin)'), [{ code: 'unreadable_file', line: 0, message }]);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
