import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sampleConf } from '../config/sample-conf.ts';
import { codeCacheOf, WRAPPER } from './code-cache.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { PROCESS_VALIDATOR, validatorFile } from './validators.ts';
import { writeWhole } from './write-whole.ts';

const BIN = 'dist/bin';
const PROGRAM = `${BIN}/crosslayer.cjs`;
const RUNTIME = 'shared/plugin/main.ts';

/** Who can start the program: user, group and others. */
const EXECUTABLE = 0o755;

/**
 * Bundles the program into one CommonJS file with all plugins as subcommands, each loaded when it is asked for, and writes a
 * starter for it and one for each plugin. CommonJS, since it starts at 1.1 times `node -e 0`; ESM takes 1.3 times.
 */
export async function buildExecutables(root: string, plugins: readonly FoundPlugin[], version: string): Promise<void> {
  const bin = join(root, BIN);
  const program = await bundle(root, entryModule(plugins, version));
  // V8 knows a text by its length only: a cache must never meet another text, so both are named for what they hold
  const name = `program-${createHash('sha256').update(program).digest('hex').slice(0, 16)}`;
  writeWhole(join(bin, `${name}.cjs`), program);
  writeWhole(join(bin, `${name}.cache`), codeCacheOf(join(bin, `${name}.cjs`), warmConfig(plugins)));
  writeWhole(join(root, PROGRAM), starter(name, undefined), EXECUTABLE);
  for (const plugin of plugins) {
    const subcommand = subcommandOf(plugin.name);
    writeWhole(join(bin, `crosslayer-${subcommand}.cjs`), starter(name, subcommand), EXECUTABLE);
  }
  removeOldPrograms(bin, name);
}

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

/** The stages of a run that shows V8 what a start needs. */
function warmConfig(plugins: readonly FoundPlugin[]): string {
  const definitions = plugins.flatMap((plugin) => plugin.definitions.map(({ definition }) => definition));
  return definitions
    .filter(({ kind }) => kind === 'processor')
    .map(sampleConf)
    .join('\n');
}

/** A build that runs beside us, or a program that starts now, may still want yesterday's files, but not last hour's. */
function removeOldPrograms(bin: string, current: string): void {
  for (const name of readdirSync(bin)) {
    if (!name.startsWith('program-') || name.startsWith(current)) continue;
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
  return { crosslayer: PROGRAM, ...Object.fromEntries(launchers) };
}

/** The program: `runProgram` of the runtime with a catalogue in which nothing is loaded yet. */
export function entryModule(plugins: readonly FoundPlugin[], version: string): string {
  const entries = plugins.flatMap(({ folder, definitions }) =>
    definitions.map(({ exportName, definition }) => {
      const { name, kind, schema } = definition;
      const load = `{ definition: require('./${folder}/plugin.ts').${exportName}, validate: require('./${validatorFile(definition)}').default }`;
      return `    { name: '${name}', kind: '${kind}', title: ${JSON.stringify(schema.title)}, load: () => (${load}) },`;
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

/** What `bin` points to: loads the program with its code cache. A launcher puts its plugin's name on the command line first. */
function starter(name: string, subcommand: string | undefined): string {
  return `#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const file = \`\${__dirname}/${name}.cjs\`;
let cachedData;
try {
  cachedData = readFileSync(\`\${__dirname}/${name}.cache\`);
} catch {
  // a start without it takes longer
}
const program = readFileSync(file, 'latin1');
${subcommand === undefined ? '' : `process.argv.splice(2, 0, '${subcommand}');\n`}const script = new Script(program, { filename: file, cachedData });
script.runInThisContext()(exports, require, module, file, __dirname);
// docs/decisions/003-optimiser.md; not before, since V8 takes compiled code only under the flags it was made with, and the first line should not wait
setTimeout(() => {
  const { setFlagsFromString } = require('node:v8');
  setFlagsFromString('--interrupt-budget=3000000');
  setFlagsFromString('--semi-space-growth-factor=1');
}, 10).unref();
`;
}
