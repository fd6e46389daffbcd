import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A plugin as its folder shows it. */
export interface FoundPlugin {
  readonly name: string;
  /** The name with hyphens. */
  readonly subcommand: string;
  readonly kind: 'input' | 'processor' | 'output' | 'service';
  /** False for an input that listens. */
  readonly gathers: boolean;
  readonly folder: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['plugins', 'examples/write-a-plugin'];

/** All plugins of the tree, so that a new one is tested without being listed anywhere. */
export function plugins(): FoundPlugin[] {
  return ROOMS.flatMap((room) => pluginsIn(join(ROOT, room)));
}

function pluginsIn(room: string): FoundPlugin[] {
  const names = readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(room, entry.name, 'plugin.ts')))
    .map((entry) => entry.name);
  return names.sort().map((name) => {
    const folder = join(room, name);
    const text = readFileSync(join(folder, 'plugin.ts'), 'utf8');
    const kind = /define(Input|Processor|Output|Service)\b.*\(/.exec(text)?.[1];
    const gathers = !text.includes('gathers: false');
    if (kind === undefined) throw new Error(`${folder}/plugin.ts defines no plugin`);
    const subcommand = name.replaceAll('_', '-');
    return { name, subcommand, kind: kind.toLowerCase() as FoundPlugin['kind'], gathers, folder };
  });
}
