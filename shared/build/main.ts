import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutables } from './executables.ts';
import { findPlugins } from './find-plugins.ts';
import { buildKernel, kernelFolders } from './kernel.ts';
import { buildLibraries } from './library.ts';
import { isBuilt, noteBuilt, sourceState } from './source-state.ts';
import { buildValidators } from './validators.ts';

// `npm run build`: the kernels, the validators, the executables and the libraries, in this order since each needs the one before.

const root = process.cwd();

if (!(process.argv.includes('--if-needed') && isBuilt(root))) {
  const state = sourceState(root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const folder of kernelFolders(root)) buildKernel(root, folder);
  const plugins = await findPlugins(root);
  await buildValidators(root, plugins);
  await buildExecutables(root, plugins, version);
  await buildLibraries(root);
  noteBuilt(root, state);
}
