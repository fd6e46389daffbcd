// Runs a TypeScript program of this repository, since Node 20 cannot: `node shared/build/run.mjs FILE.ts [ARGUMENT …]`.
// Packages are not bundled. The program's working directory is the repository.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const [file, ...words] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node shared/build/run.mjs FILE.ts [ARGUMENT …]');

// inside node_modules, so that packages are found from there
const folder = join(root, 'node_modules/.cache/crosslayer');
mkdirSync(folder, { recursive: true });
const bundle = join(folder, `${basename(file, '.ts')}-${process.pid}.mjs`);
process.on('exit', () => rmSync(bundle, { force: true }));

// modules that find their neighbours by their own place must not take the bundle's for it
const ownPlace = {
  name: 'own-place',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

const source = resolve(file);
await build({
  entryPoints: [source],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [ownPlace],
});
process.chdir(root);
process.argv = [process.argv[0], source, ...words];
await import(pathToFileURL(bundle).href);
