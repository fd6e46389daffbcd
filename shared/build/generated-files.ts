import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionTable, replaceBetweenMarkers } from '../config/readme-table.ts';
import { sampleConf } from '../config/sample-conf.ts';
import { binEntries } from './executables.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { commandLinePage, optionsPage } from './reference-pages.ts';

/** A committed file that is written by `npm run docs`, as it should be. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** All generated files that are committed. A README is generated only between its markers. */
export function generatedFiles(root: string, plugins: readonly FoundPlugin[]): GeneratedFile[] {
  return [
    { path: 'package.json', content: packageJson(root, plugins) },
    { path: 'docs/reference/options.md', content: optionsPage(plugins) },
    { path: 'docs/reference/command-line.md', content: commandLinePage(plugins) },
    ...plugins.flatMap((plugin) => [
      { path: `${plugin.folder}/sample.conf`, content: sampleOf(plugin) },
      ...readmeOf(root, plugin),
    ]),
  ];
}

/** The generated files that are not as they should be. */
export function staleFiles(root: string, plugins: readonly FoundPlugin[]): GeneratedFile[] {
  return generatedFiles(root, plugins).filter(({ path, content }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
}

function sampleOf({ definitions }: FoundPlugin): string {
  return definitions.map(({ definition }) => sampleConf(definition)).join('\n');
}

function readmeOf(root: string, plugin: FoundPlugin): GeneratedFile[] {
  const path = `${plugin.folder}/README.md`;
  if (!existsSync(join(root, path))) return [];
  const tables = plugin.definitions.map(({ definition }) => optionTable(definition.schema)).join('\n\n');
  const sample = `\`\`\`toml\n${sampleOf(plugin)}\`\`\``;
  try {
    const text = replaceBetweenMarkers(readFileSync(join(root, path), 'utf8'), 'options', tables);
    return [{ path, content: replaceBetweenMarkers(text, 'sample', sample) }];
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The package's own description, with an executable for each plugin. */
function packageJson(root: string, plugins: readonly FoundPlugin[]): string {
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  return `${JSON.stringify({ ...description, bin: binEntries(plugins) }, undefined, 2)}\n`;
}
