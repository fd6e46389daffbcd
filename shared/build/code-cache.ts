import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A run of the program that shows V8 what a start needs. */
export interface WarmRun {
  /** Copied, so that the run finds its data and may write. */
  readonly folder: string;
  readonly words: readonly string[];
  readonly input: string;
}

/**
 * What V8 made of a program's functions in a short run: with it a start need not parse and compile them again, which is a third of the
 * time that loading takes. V8 refuses it by itself in another version or with other flags; then the program starts as without.
 *
 * @param program the CommonJS file, with `WRAPPER` around it
 */
export function codeCacheOf(program: string, { folder, words, input }: WarmRun): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'crosslayer-cache-'));
  try {
    const cwd = join(scratch, 'run');
    cpSync(folder, cwd, { recursive: true });
    const cache = join(scratch, 'cache');
    const { error, stderr } = spawnSync(process.execPath, ['-e', warmRun(program, cache), '--', ...words], {
      cwd,
      input,
      timeout: 30_000,
    });
    if (error) throw new Error(`Cannot make a code cache: ${error.message} ${stderr}`, { cause: error });
    return readFileSync(cache);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What stands around a program's text, as Node's own loader has it: a function of what a module knows. */
export const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '})'] as const;

function warmRun(program: string, cache: string): string {
  return `
    const { readFileSync, writeFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const file = ${JSON.stringify(program)};
    const script = new Script(readFileSync(file, 'latin1'), { filename: file });
    process.argv.splice(1, 0, file);
    process.on('exit', () => writeFileSync(${JSON.stringify(cache)}, script.createCachedData()));
    script.runInThisContext()(exports, require, module, file, '');
  `;
}
