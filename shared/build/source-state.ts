import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { kernelFolders } from './kernel.ts';
import { writeWhole } from './write-whole.ts';

const STAMP = 'dist/source-state';
const SOURCES = ['shared', 'plugins', 'examples', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** Where compiled validators are, which the build writes among the sources. */
const VALIDATORS = 'shared/config/validators';

/** A short text that changes whenever a source file does. */
export function sourceState(root: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    if (existsSync(join(root, source))) addTo(hash, root, source);
  }
  return hash.digest('hex');
}

/** Whether `dist` was built from the sources as they are. */
export function isBuilt(root: string): boolean {
  const stamp = join(root, STAMP);
  const kernels = kernelFolders(root).map((folder) => `${folder}-binary.ts`);
  const built = [...kernels, VALIDATORS, 'dist/bin/crosslayer.cjs'].every((path) => existsSync(join(root, path)));
  return built && existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceState(root);
}

/** Notes that `dist` was built from sources in this state. */
export function noteBuilt(root: string, state: string): void {
  writeWhole(join(root, STAMP), state);
}

function addTo(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  if (path === VALIDATORS || path.includes('/kernel-binary.ts')) return;
  const stat = statSync(join(root, path));
  if (!stat.isDirectory()) {
    hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
    return;
  }
  for (const name of readdirSync(join(root, path)).sort()) addTo(hash, root, `${path}/${name}`);
}
