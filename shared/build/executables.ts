import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sampleConf } from '../config/sample-conf.ts';
import { codeCacheOf, type WarmRun, WRAPPER } from './code-cache.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { PROCESS_VALIDATOR, validatorFile } from './validators.ts';
import { writeWhole } from './write-whole.ts';

const BIN = 'dist/bin';
const PROGRAM = `${BIN}/crosslayer.cjs`;
const RUNTIME = 'shared/plugin/main.ts';

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
    const entry = entryModule(plugins, version, plugin);
    programs.set(subcommandOf(plugin.name), await writeProgram(root, entry, warmRunOf(root, plugin)));
  }
  const all = await writeProgram(root, entryModule(plugins, version), warmChain(root, plugins));
  writeWhole(
    join(root, PROGRAM),
    starter(`PROGRAMS[process.argv[2]] ?? '${all}'`, Object.fromEntries(programs)),
    EXECUTABLE,
  );
  for (const [subcommand, name] of programs) {
    writeWhole(join(bin, `crosslayer-${subcommand}.cjs`), starter(`'${name}'`, subcommand), EXECUTABLE);
  }
  removeOldPrograms(bin, new Set([all, ...programs.values()]));
}

/** Gives the name of the program's files, without their endings. */
async function writeProgram(root: string, entry: string, warm: WarmRun): Promise<string> {
  const bin = join(root, BIN);
  const program = await bundle(root, entry);
  // V8 knows a text by its length only: a cache must never meet another text, so both are named for what they hold
  const name = `program-${createHash('sha256').update(program).digest('hex').slice(0, 16)}`;
  writeWhole(join(bin, `${name}.cjs`), program);
  writeWhole(join(bin, `${name}.cache`), codeCacheOf(join(bin, `${name}.cjs`), warm));
  return name;
}

/** The plugin's first test case: a configuration, lines and data as it meets them. */
function warmRunOf(root: string, { name, folder, definitions }: FoundPlugin): WarmRun {
  const cases = join(root, folder, 'testcases');
  const first = existsSync(cases) ? readdirSync(cases).sort()[0] : undefined;
  const words = [subcommandOf(name), '--host', 'pipe', '--quiet'];
  if (first === undefined) return { folder: join(root, folder), words, input: LINE };
  const input = join(cases, first, 'input.influx');
  const flags = join(cases, first, 'flags');
  const isInput = definitions.some(({ definition }) => definition.kind === 'input');
  return {
    folder: join(cases, first),
    words: [
      ...words,
      '--config',
      'plugin.conf',
      ...(existsSync(flags) ? readFileSync(flags, 'utf8').trim().split('\n') : isInput ? ['--once'] : []),
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

async function bundle(root: string, entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, sourcefile: 'crosslayer.ts', loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // one byte for each character, and no import() that the starter would have to answer
    charset: 'ascii',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    // in the file already: to put it around the text at every start would copy it
    banner: { js: WRAPPER[0] },
    footer: { js: WRAPPER[1] },
    logLevel: 'warning',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** A build that runs beside us, or a program that starts now, may still want yesterday's files, but not last hour's. */
function removeOldPrograms(bin: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(bin)) {
    if (!name.startsWith('program-') || current.has(name.slice(0, name.indexOf('.')))) continue;
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

/** The program: `runProgram` of the runtime with a catalogue in which nothing is loaded yet. With `only`, of the other plugins just the names are in it. */
export function entryModule(plugins: readonly FoundPlugin[], version: string, only?: FoundPlugin): string {
  const entries = plugins.flatMap((plugin) =>
    plugin.definitions.map(({ exportName, definition }) => {
      const { name, kind, schema, flags } = definition;
      const load =
        only === undefined || plugin === only
          ? `{ definition: require('./${plugin.folder}/plugin.ts').${exportName}, validate: require('./${validatorFile(definition)}').default }`
          : 'undefined';
      return `    { name: '${name}', kind: '${kind}', title: ${JSON.stringify(schema.title)},${flags ? ` flags: ${JSON.stringify(flags)},` : ''} load: () => (${load}) },`;
    }),
  );
  return [
    `import { runProgram } from './${RUNTIME}';`,
    'const catalogue = {',
    '  entries: [',
    ...entries,
    '  ],',
    `  loadProcessValidator: () => require('./${PROCESS_VALIDATOR}').default,`,
    '};',
    `runProgram({ version: ${JSON.stringify(version)}, catalogue }, process.argv.slice(2));`,
    '',
  ].join('\n');
}

/**
 * What `bin` points to: loads a program with its code cache. `which` is the expression that gives its name; a launcher puts its plugin's name on the
 * command line first, the executable for all knows the programs by it.
 */
function starter(which: string, plugin: string | Readonly<Record<string, string>>): string {
  const first =
    typeof plugin === 'string'
      ? `process.argv.splice(2, 0, '${plugin}');`
      : `const PROGRAMS = Object.assign(Object.create(null), ${JSON.stringify(plugin)});`;
  return `#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
${first}
const file = \`\${__dirname}/\${${which}}.cjs\`;
let cachedData;
try {
  cachedData = readFileSync(file.replace(/cjs$/, 'cache'));
} catch {
  // a start without it takes longer
}
const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData });
script.runInThisContext()(exports, require, module, file, __dirname);
// docs/decisions/003-optimiser.md; not before, since V8 takes compiled code only under the flags it was made with, and the first line should not wait
setTimeout(() => {
  const { setFlagsFromString } = require('node:v8');
  setFlagsFromString('--interrupt-budget=3000000');
  setFlagsFromString('--semi-space-growth-factor=1');
}, 10).unref();
`;
}
