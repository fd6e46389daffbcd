import type { CatalogueEntry } from '../config/catalogue.ts';
import { stageSchema } from '../config/common-options.ts';
import { optionHelp } from '../config/help-text.ts';
import { processSchema } from '../config/process-schema.ts';
import { sampleChain, sampleConf } from '../config/sample-conf.ts';
import { FLAGS } from './command-line.ts';
import type { PluginDefinition } from './definition.ts';
import type { Program } from './main.ts';

const CHAIN = 'chain';

/** What `--help` prints: the list of plugins, or the flags and options of one; `chain` is all of them in one process. */
export function helpText(program: Program, name: string | undefined): string {
  if (name === undefined) return listOfPlugins(program);
  const entries = entriesOf(program, name);
  const titles = name === CHAIN ? ['Run several plugins in one process.'] : entries.map(({ title }) => title);
  return [
    `crosslayer ${program.version}`,
    '',
    ...titles,
    '',
    `Usage: crosslayer ${subcommandOf(name)} [FLAG …]`,
    '',
    ...flagHelp('Flags, with one dash or two:', FLAGS),
    ...entries.flatMap(flagsOfPlugin),
    ...(name === CHAIN ? [] : entries.map(optionsOfStage)),
    `Options in the table [process]:\n\n${optionHelp(processSchema)}\n`,
  ].join('\n');
}

/** What `--sample-config` prints. */
export function sampleText(program: Program, name: string): string {
  const definitions = entriesOf(program, name).map((entry) => entry.load().definition);
  return name === CHAIN ? sampleChain(definitions) : definitions.map(sampleConf).join('\n');
}

const WIDTH = Math.max(...FLAGS.map(([usage]) => usage.length)) + 2;

/** Flags with what they do. */
function flagHelp(title: string, flags: readonly (readonly [usage: string, description: string])[]): string[] {
  return [title, '', ...flags.map(([usage, description]) => `  ${usage.padEnd(WIDTH)}${description}`), ''];
}

function flagsOfPlugin({ name, flags = [] }: CatalogueEntry<PluginDefinition>): string[] {
  if (flags.length === 0) return [];
  return flagHelp(
    `Flags of ${name}:`,
    flags.map(({ usage, description }) => [usage, description]),
  );
}

function listOfPlugins({ version, catalogue }: Program): string {
  const rows = [
    [CHAIN, 'Run several plugins in one process.'],
    ...catalogue.entries.map(({ name, title }) => [subcommandOf(name), title]),
  ] as [string, string][];
  const width = Math.max(...rows.map(([word]) => word.length)) + 2;
  return [
    `crosslayer ${version}: plugins that read and write line protocol, for Telegraf, collectd and pipes`,
    '',
    'Usage: crosslayer PLUGIN [FLAG …]',
    '       crosslayer PLUGIN --help',
    '',
    ...rows.map(([word, title]) => `  ${word.padEnd(width)}${title}`),
    '',
  ].join('\n');
}

function optionsOfStage(entry: CatalogueEntry<PluginDefinition>): string {
  const { definition } = entry.load();
  const { kind, name } = definition;
  return `Options in the table [[${kind}s.${name}]]:\n\n${optionHelp(stageSchema(definition))}\n`;
}

function entriesOf({ catalogue }: Program, name: string): readonly CatalogueEntry<PluginDefinition>[] {
  return name === CHAIN ? catalogue.entries : catalogue.entries.filter((entry) => entry.name === name);
}

function subcommandOf(name: string): string {
  return name.replaceAll('_', '-');
}
