import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { crosslayer } from '../support/crosslayer.ts';
import { type FoundPlugin, plugins } from '../support/plugins.ts';

/** The folders `testcases/<case>` of all plugins: adding one needs no code. See docs/guide/write-a-plugin.md. */
const CASES = plugins().flatMap((plugin) => {
  const folder = join(plugin.folder, 'testcases');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.map((name) => ({ title: `${plugin.name}/${name}`, plugin, folder: join(folder, name) }));
});

/** Lines of a file of the case, without comments and blank lines. */
function linesOf(folder: string, name: string): string[] {
  const path = join(folder, name);
  return existsSync(path) ? asLines(readFileSync(path, 'utf8')) : [];
}

function asLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function run(plugin: FoundPlugin, folder: string, input: string) {
  const [program = '', ...words] = crosslayer(plugin.subcommand, '--host', 'pipe', '--config', 'plugin.conf');
  const flags = linesOf(folder, 'flags');
  if (plugin.kind === 'input' && flags.length === 0) words.push('--once');
  words.push(...flags);
  const stdin = openSync(join(folder, input), 'r');
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    stdio: [stdin, 'pipe', 'pipe'],
  });
  closeSync(stdin);
  return { status, stdout: asLines(stdout), stderr };
}

/** An output may write where it runs: it gets a copy. */
function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'crosslayer-case-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe.each(CASES)('$title', ({ plugin, folder }) => {
  if (plugin.kind === 'output') {
    test('leaves the files that are expected', () => {
      const copy = copyOf(folder);
      const { status, stdout, stderr } = run(plugin, copy, 'input.influx');
      const files = join(folder, 'expected');
      for (const name of existsSync(files) ? readdirSync(files) : []) {
        expect(readFileSync(join(copy, name), 'latin1'), name).toBe(readFileSync(join(files, name), 'latin1'));
      }
      for (const text of linesOf(folder, 'expected.err')) expect(stderr).toContain(text);
      // of an output that has a protocol of its own there
      expect(stdout).toEqual(linesOf(folder, 'expected.out'));
      expect(status).toBe(0);
    });
    return;
  }

  test('gives what is expected', () => {
    const input = plugin.kind === 'input' ? 'plugin.conf' : 'input.influx';
    const { status, stdout, stderr } = run(plugin, folder, input);
    // what an input gathers has the time of the run
    const hasOwnTime = plugin.kind === 'input' && plugin.gathers;
    const shown = hasOwnTime ? stdout.map((line) => line.replace(/ \d+$/, '')) : stdout;
    expect(shown).toEqual(linesOf(folder, 'expected.out'));
    for (const text of linesOf(folder, 'expected.err')) expect(stderr).toContain(text);
    expect(status).toBe(0);
  });

  if (plugin.kind !== 'processor') return;
  test('does nothing more when it is applied twice', () => {
    expect(run(plugin, folder, 'expected.out').stdout).toEqual(linesOf(folder, 'expected.out'));
  });
});
