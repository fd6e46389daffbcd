import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
  if (plugin.kind === 'input') words.push('--once');
  const stdin = openSync(join(folder, input), 'r');
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    stdio: [stdin, 'pipe', 'pipe'],
  });
  closeSync(stdin);
  return { status, stdout: asLines(stdout), stderr };
}

describe.each(CASES)('$title', ({ plugin, folder }) => {
  test('gives what is expected', () => {
    const input = plugin.kind === 'input' ? 'plugin.conf' : 'input.influx';
    const { status, stdout, stderr } = run(plugin, folder, input);
    // an input's lines have the time of the run
    const shown = plugin.kind === 'input' ? stdout.map((line) => line.replace(/ \d+$/, '')) : stdout;
    expect(shown).toEqual(linesOf(folder, 'expected.out'));
    for (const text of linesOf(folder, 'expected.err')) expect(stderr).toContain(text);
    expect(status).toBe(0);
  });

  if (plugin.kind !== 'processor') return;
  test('does nothing more when it is applied twice', () => {
    expect(run(plugin, folder, 'expected.out').stdout).toEqual(linesOf(folder, 'expected.out'));
  });
});
