import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './write-whole.ts';

const KERNEL = 'shared/line-protocol/kernel';
const BINARY = 'shared/line-protocol/kernel-binary.ts';

/** Memory is the caller's, nothing is allocated or collected, and nothing aborts into JavaScript. */
const FLAGS = [
  ...['-O3', '--runtime', 'stub', '--importMemory', '--noAssert', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
];

/** Compiles the line kernel into a module that holds its bytes. Compiles only what has changed. Gives whether it did. */
export async function buildKernel(root: string): Promise<boolean> {
  const mark = `// ${hashOfSources(join(root, KERNEL))}`;
  const target = join(root, BINARY);
  if (existsSync(target) && readFileSync(target, 'utf8').startsWith(mark)) return false;
  const base64 = Buffer.from(await compile(join(root, KERNEL))).toString('base64');
  writeWhole(
    target,
    `${mark}\n/** The WebAssembly of \`kernel/\`, compiled by \`npm run build\`. */\nexport const kernelBase64 =\n  '${base64}';\n`,
  );
  return true;
}

function hashOfSources(folder: string): string {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

async function compile(folder: string): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc');
  let binary: Uint8Array | undefined;
  const { error, stderr } = await main(['index.ts', '--baseDir', folder, '--outFile', 'kernel.wasm', ...FLAGS], {
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') binary = contents;
    },
  });
  if (error || binary === undefined)
    throw new Error(`Cannot compile ${KERNEL}:\n${stderr.toString()}`, { cause: error });
  return binary;
}
