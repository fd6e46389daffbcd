import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Configurable } from '../config/catalogue.ts';

/** A plugin as its folder holds it. */
export interface FoundPlugin {
  /** The name of the folder, the TOML table and the statistics. */
  readonly name: string;
  /** From the root of the repository, with slashes. */
  readonly folder: string;
  /** What `plugin.ts` exports under which names: one definition for each kind that the plugin is. */
  readonly definitions: readonly { readonly exportName: string; readonly definition: Configurable }[];
  /** Programs that stand in the folder as they are installed: files called `crosslayer-<word>`. */
  readonly scripts?: readonly string[];
}

/** Where plugins live: folders with a `plugin.ts`. */
const HOMES = ['plugins', 'examples/write-a-plugin'];

/** The folders of all plugins, from the root of the repository, in the order of their names. */
export function pluginFolders(root: string): string[] {
  return HOMES.flatMap((home) => {
    if (!existsSync(join(root, home))) return [];
    const names = readdirSync(join(root, home)).filter((name) => existsSync(join(root, home, name, 'plugin.ts')));
    return names.sort().map((name) => `${home}/${name}`);
  });
}

/**
 * Loads the definition of every plugin. The plugins are bundled first, so that it works in Node and does not depend on what a test
 * runner makes of them.
 */
export async function findPlugins(root: string): Promise<FoundPlugin[]> {
  return Promise.all(pluginFolders(root).map((folder) => loadPlugin(root, folder)));
}

async function loadPlugin(root: string, folder: string): Promise<FoundPlugin> {
  const { outputFiles } = await build({
    entryPoints: [join(root, folder, 'plugin.ts')],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const module = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as object;
  const definitions = Object.entries(module)
    .filter((entry): entry is [string, Configurable] => isDefinition(entry[1]))
    .map(([exportName, definition]) => ({ exportName, definition }));
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  if (definitions.length === 0) throw new Error(`${folder}/plugin.ts exports no definition of a plugin`);
  for (const { definition } of definitions) {
    if (definition.name === name) continue;
    throw new Error(`${folder} defines "${definition.name}"; folder and plugin are called the same`);
  }
  const scripts = readdirSync(join(root, folder)).filter((file) => file.startsWith('crosslayer-'));
  return { name, folder, definitions, ...(scripts.length > 0 && { scripts: scripts.sort() }) };
}

function isDefinition(value: unknown): value is Configurable {
  return typeof value === 'object' && value !== null && 'kind' in value && 'name' in value && 'schema' in value;
}
