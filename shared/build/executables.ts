import { join } from 'node:path';
import { build } from 'esbuild';
import type { FoundPlugin } from './find-plugins.ts';
import { PROCESS_VALIDATOR, validatorFile } from './validators.ts';
import { writeWhole } from './write-whole.ts';

const PROGRAM = 'dist/bin/crosslayer.cjs';
const RUNTIME = 'shared/plugin/main.ts';

/** Who can start the program: user, group and others. */
const EXECUTABLE = 0o755;

/**
 * Bundles the program into one CommonJS file with all plugins as subcommands, each loaded when it is asked for, and writes a
 * launcher per plugin. CommonJS, since it starts at 1.1 times `node -e 0`; ESM takes 1.3 times.
 */
export async function buildExecutables(root: string, plugins: readonly FoundPlugin[], version: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: entryModule(plugins, version), resolveDir: root, sourcefile: 'crosslayer.ts', loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  writeWhole(join(root, PROGRAM), outputFiles[0]?.contents ?? new Uint8Array(), EXECUTABLE);
  for (const { name } of plugins) {
    const subcommand = subcommandOf(name);
    writeWhole(join(root, `dist/bin/crosslayer-${subcommand}.cjs`), launcher(subcommand), EXECUTABLE);
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

function launcher(subcommand: string): string {
  return `#!/usr/bin/env node\nprocess.argv.splice(2, 0, '${subcommand}');\nrequire('./crosslayer.cjs');\n`;
}
