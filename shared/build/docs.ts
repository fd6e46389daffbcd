import { join } from 'node:path';
import { findPlugins } from './find-plugins.ts';
import { staleFiles } from './generated-files.ts';
import { writeWhole } from './write-whole.ts';

// `npm run docs` writes what is generated from the schemas; with `--check` it only says what is not fresh, and fails.

const root = process.cwd();
const check = process.argv.includes('--check');
const stale = staleFiles(root, await findPlugins(root));
for (const { path, content } of stale) {
  if (!check) writeWhole(join(root, path), content);
  process.stdout.write(`${check ? 'Not fresh' : 'Wrote'}: ${path}\n`);
}
if (check && stale.length > 0) {
  process.stdout.write('Run "npm run docs" and commit what it writes.\n');
  process.exitCode = 1;
}
