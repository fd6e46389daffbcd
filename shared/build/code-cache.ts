import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A line that makes a processor do its usual work once. */
const LINES = 'net,host=node-1,interface=tap0 bytes_recv=1i,bytes_sent=2i 1700000000000000000\n'.repeat(3);

/**
 * What V8 made of a program's functions in a short run: with it a start need not parse and compile them again, which is a third of the
 * time that loading takes. V8 refuses it by itself in another version or with other flags; then the program starts as without.
 *
 * @param program the CommonJS file, with `WRAPPER` around it
 * @param config a configuration for a run of it
 */
export function codeCacheOf(program: string, config: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-cache-'));
  try {
    const cache = join(folder, 'cache');
    const configFile = join(folder, 'warm.conf');
    writeFileSync(configFile, config);
    const words = ['-e', warmRun(program, cache), '--', 'chain', '--host', 'pipe', '--quiet', '--config', configFile];
    const { error, stderr } = spawnSync(process.execPath, words, { input: LINES, timeout: 30_000 });
    if (error) throw new Error(`Cannot make a code cache: ${error.message} ${stderr}`, { cause: error });
    return readFileSync(cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
