import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeWhole } from './write-whole.ts';

/** What others may import from the package: subpath → its module. */
const LIBRARIES = {
  'line-protocol': 'shared/line-protocol/index.ts',
  'collectd-protocol': 'shared/collectd-protocol/index.ts',
} as const;

/** Builds the libraries as ESM with their types. */
export async function buildLibraries(root: string): Promise<void> {
  for (const [name, source] of Object.entries(LIBRARIES)) {
    if (!existsSync(join(root, source))) {
      process.stdout.write(`Library crosslayer/${name} is left out: there is no ${source} yet\n`);
      return;
    }
    const { outputFiles } = await build({
      entryPoints: [join(root, source)],
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      logLevel: 'warning',
    });
    writeWhole(join(root, `dist/lib/${name}.js`), outputFiles[0]?.contents ?? new Uint8Array());
  }
  writeTypes(root);
}

function writeTypes(root: string): void {
  const types = join(root, 'dist/lib/types');
  const beside = `${types}.${process.pid}`;
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'shared/build/tsconfig.types.json', '--outDir', beside], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const path of readdirSync(beside, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const file = join(beside, path);
    writeFileSync(file, withoutTypeScriptImports(readFileSync(file, 'utf8')));
  }
  rmSync(types, { recursive: true, force: true });
  renameSync(beside, types);
}

/** Declarations keep the `.ts` of our imports, which a user's compiler refuses. */
export function withoutTypeScriptImports(declarations: string): string {
  return declarations.replace(/((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2');
}
