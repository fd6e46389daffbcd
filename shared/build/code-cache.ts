import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loaderText } from './starter.ts';

/** A run of the program that shows V8 what a start needs. */
export interface WarmRun {
  /** Copied, so that the run finds its data and may write. */
  readonly folder: string;
  readonly words: readonly string[];
  readonly input: string;
}

/** A run is one line and some loading. */
const PATIENCE_MS = 25_000;

/**
 * What V8 made of a program's functions in a short run: with it a start need not parse and compile them again, which is a third of the
 * time that loading takes. V8 refuses it by itself in another version or with other flags; then the program starts as without.
 *
 * @param program path of its files, without what comes behind the program's name
 * @returns one for each part: the name of the file that it belongs beside, without its ending → cache
 */
export function codeCachesOf(program: string, { folder, words, input }: WarmRun): Map<string, Uint8Array> {
  const scratch = mkdtempSync(join(tmpdir(), 'crosslayer-cache-'));
  try {
    const cwd = join(scratch, 'run');
    cpSync(folder, cwd, { recursive: true });
    writeFileSync(join(scratch, 'run.cjs'), warmRun(program, scratch));
    // real pipes, as a host has them: a child of ours would get sockets, and is to be warmed for what it meets
    const { error, stderr } = spawnSync(
      'sh',
      ['-c', 'cat | "$0" "$@" | cat', process.execPath, join(scratch, 'run.cjs'), ...words],
      { cwd, input, timeout: PATIENCE_MS + 5000 },
    );
    const names = readdirSync(scratch).filter((name) => name.endsWith('.cache'));
    if (names.length === 0) {
      const reason = error?.message ?? 'the run wrote none; does it end with its input?';
      throw new Error(`Cannot make a code cache: ${reason} ${stderr}`, { cause: error });
    }
    return new Map(names.map((name) => [basename(name, '.cache'), readFileSync(join(scratch, name))]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A starter that writes at its end what V8 has of each part that was loaded. */
function warmRun(program: string, folder: string): string {
  return `
    // a shell that is ended would leave us behind
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${PATIENCE_MS}).unref();
    // what V8 compiled for speed in this run, a start would compile again at the first call
    const v8 = require('node:v8');
    const { setFlagsFromString } = v8;
    setFlagsFromString('--no-sparkplug');
    // the program's own flags come behind its start: with them in force V8 would refuse the cache at a start
    v8.setFlagsFromString = () => {};
    const seen = new Map();
    process.on('exit', () => {
      setFlagsFromString('--sparkplug');
      const { writeFileSync } = require('node:fs');
      const { basename } = require('node:path');
      for (const [file, script] of seen)
        writeFileSync(${JSON.stringify(folder)} + '/' + basename(file, '.cjs') + '.cache', script.createCachedData());
    });
    ${loaderText(JSON.stringify(program), 'seen.set(file, script);')}`;
}
