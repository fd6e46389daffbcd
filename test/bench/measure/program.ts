import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from '../workload/files.ts';

/** One of `test/bench/programs`, bundled to a CommonJS file as our own executables are; the command that runs it. */
export function program(root: string, name: string): string[] {
  const outfile = join(cacheFolder('programs'), `${name}.cjs`);
  const entry = join(root, 'test/bench/programs', `${name}.ts`);
  const esbuild = join(root, 'node_modules/.bin/esbuild');
  const flags = ['--bundle', '--platform=node', '--format=cjs', '--log-level=warning'];
  execFileSync(esbuild, [entry, ...flags, `--outfile=${outfile}`], { stdio: ['ignore', 'inherit', 'inherit'] });
  return [process.execPath, outfile];
}
