import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from './write-whole.ts';

/** Memory is the caller's, nothing is allocated or collected, and nothing aborts into JavaScript. */
const FLAGS = [
  ...['-O3', '--runtime', 'stub', '--importMemory', '--noAssert', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
];

/** The kernels: folders of AssemblyScript, from the root of the repository. Each is compiled into `kernel-binary.ts` beside it. */
export function kernelFolders(root: string): string[] {
  const rooms = readdirSync(join(root, 'shared')).sort();
  return rooms.map((room) => `shared/${room}/kernel`).filter((folder) => existsSync(join(root, folder, 'index.ts')));
}

/** Compiles a kernel into a module that holds its bytes, unless its sources are the same as last time. */
export function buildKernel(root: string, folder: string): void {
  const mark = `// ${hashOfSources(join(root, folder))}`;
  const target = join(root, `${folder}-binary.ts`);
  if (existsSync(target) && readFileSync(target, 'utf8').startsWith(mark)) return;
  const base64 = Buffer.from(compile(root, folder)).toString('base64');
  const comment = '/** The WebAssembly of `kernel/`, compiled by `npm run build`. */';
  writeWhole(target, `${mark}\n${comment}\nexport const kernelBase64 =\n  '${base64}';\n`);
}

function hashOfSources(folder: string): string {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** A process of its own: the types of AssemblyScript's compiler are not for the global scope of ours. */
function compile(root: string, kernel: string): Uint8Array {
  const temporary = mkdtempSync(join(tmpdir(), 'crosslayer-kernel-'));
  try {
    const file = join(temporary, 'kernel.wasm');
    const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
    execFileSync(process.execPath, [compiler, join(root, kernel, 'index.ts'), '--outFile', file, ...FLAGS], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return readFileSync(file);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
