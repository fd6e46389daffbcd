import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Bundles the runtime with plugins that only tests have (`test-program/`): an output, and stages with bugs. Gives the command
 * line of a subcommand. To be called while a test file is loaded, at whose end the bundle is removed.
 */
export async function buildTestProgram(): Promise<(...words: string[]) => string[]> {
  const folder = `${ROOT}node_modules/.cache/crosslayer`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/test-program-${process.pid}.cjs`;
  afterAll(() => rmSync(outfile, { force: true }));
  await build({
    entryPoints: [`${ROOT}test/support/test-program/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    logLevel: 'warning',
  });
  return (...words) => [process.execPath, outfile, ...words];
}
