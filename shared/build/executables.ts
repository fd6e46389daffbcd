import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { sampleConf } from '../config/sample-conf.ts';
import { bundle } from './bundle.ts';
import { codeCachesOf, type WarmRun } from './code-cache.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { CONFIGURATION, configurationModule, entryModule } from './program-modules.ts';
import { starterText } from './starter.ts';
import { writeWhole } from './write-whole.ts';

const BIN = 'dist/bin';
const PROGRAM = `${BIN}/crosslayer.cjs`;

/** Who can start the program: user, group and others. */
const EXECUTABLE = 0o755;

/**
 * Bundles a CommonJS program for each plugin and one with all of them, and writes their starters. A program of one plugin has less to load; what it
 * says and does is the same. CommonJS, since it starts at 1.1 times `node -e 0`; ESM takes 1.3 times.
 */
export async function buildExecutables(root: string, plugins: readonly FoundPlugin[], version: string): Promise<void> {
  const bin = join(root, BIN);
  const programs = new Map<string, string>();
  for (const plugin of plugins) {
    const modules = { entry: entryModule(plugins, version, plugin), configuration: configurationModule([plugin]) };
    programs.set(subcommandOf(plugin.name), await writeProgram(root, modules, warmRunOf(root, plugin)));
  }
  const modules = { entry: entryModule(plugins, version), configuration: configurationModule(plugins) };
  const all = await writeProgram(root, modules, warmChain(root, plugins));
  writeWhole(
    join(root, PROGRAM),
    starterText(`PROGRAMS[process.argv[2]] ?? '${all}'`, Object.fromEntries(programs)),
    EXECUTABLE,
  );
  for (const [subcommand, name] of programs) {
    writeWhole(join(bin, `crosslayer-${subcommand}.cjs`), starterText(`'${name}'`, subcommand), EXECUTABLE);
  }
  removeOldPrograms(bin, new Set([all, ...programs.values()]));
}

/** Gives the name with which the names of the program's files begin: the start is called so, the other parts `<name>-<part>`. */
async function writeProgram(
  root: string,
  { entry, configuration }: { readonly entry: string; readonly configuration: string },
  warm: WarmRun,
): Promise<string> {
  const bin = join(root, BIN);
  const { start, parts } = await bundle(root, entry, { [CONFIGURATION]: configuration }, CONFIGURATION);
  const texts = [start, ...parts.values()];
  // V8 knows a text by its length only: a cache must never meet another text, so both are named for what they hold
  const name = `program-${createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16)}`;
  const files = new Map([[name, start]]);
  for (const [part, text] of parts) files.set(`${name}-${part.slice(2, -3)}`, text);
  for (const [file, text] of files) writeWhole(join(bin, `${file}.cjs`), text);
  const caches = codeCachesOf(join(bin, name), warm);
  for (const [file, text] of files) {
    // what the warm run did not ask for is at least known by its outline
    const cache = caches.get(file) ?? new Script(text, { filename: file }).createCachedData();
    writeWhole(join(bin, `${file}.cache`), cache);
  }
  return name;
}

/** The plugin's first test case: a configuration, lines and data as it meets them. */
function warmRunOf(root: string, { name, folder, definitions }: FoundPlugin): WarmRun {
  const cases = join(root, folder, 'testcases');
  const first = existsSync(cases) ? readdirSync(cases).sort()[0] : undefined;
  const words = [subcommandOf(name), '--host', 'pipe', '--quiet'];
  const once = definitions.some(({ definition }) => definition.kind === 'input') ? ['--once'] : [];
  if (first === undefined) return { folder: join(root, folder), words: [...words, ...once], input: LINE };
  const input = join(cases, first, 'input.influx');
  const flags = join(cases, first, 'flags');
  return {
    folder: join(cases, first),
    words: [
      ...words,
      '--config',
      'plugin.conf',
      ...(existsSync(flags) ? readFileSync(flags, 'utf8').trim().split('\n') : once),
    ],
    input: existsSync(input) ? readFileSync(input, 'utf8') : LINE,
  };
}

/** A chain of all processors, as their samples have them. */
function warmChain(root: string, plugins: readonly FoundPlugin[]): WarmRun {
  const definitions = plugins.flatMap((plugin) => plugin.definitions.map(({ definition }) => definition));
  const config = definitions
    .filter(({ kind }) => kind === 'processor')
    .map(sampleConf)
    .join('\n');
  const folder = join(root, 'dist/warm');
  writeWhole(join(folder, 'chain.conf'), config);
  return { folder, words: ['chain', '--host', 'pipe', '--quiet', '--config', 'chain.conf'], input: LINE };
}

const LINE = 'net,host=node-1,interface=tap0 bytes_recv=1i,bytes_sent=2i 1700000000000000000\n';

/** A build that runs beside us, or a program that starts now, may still want yesterday's files, but not last hour's. */
function removeOldPrograms(bin: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(bin)) {
    if (!name.startsWith('program-') || current.has(/^program-[0-9a-f]+/.exec(name)?.[0] ?? '')) continue;
    const file = join(bin, name);
    if (Date.now() - statSync(file).mtimeMs > 600_000) rmSync(file, { force: true });
  }
}

/** The word on the command line: the plugin's name with hyphens. */
export function subcommandOf(name: string): string {
  return name.replaceAll('_', '-');
}

/** The names and files of the executables, as `package.json` has to list them. */
export function binEntries(plugins: readonly FoundPlugin[]): Record<string, string> {
  const launchers = plugins
    .map(({ name }) => subcommandOf(name))
    .map((word) => [`crosslayer-${word}`, `dist/bin/crosslayer-${word}.cjs`]);
  const scripts = plugins.flatMap((plugin) =>
    (plugin.scripts ?? []).map((script) => [script, `${plugin.folder}/${script}`]),
  );
  return { crosslayer: PROGRAM, ...Object.fromEntries(launchers), ...Object.fromEntries(scripts) };
}
