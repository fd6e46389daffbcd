import { execFileSync, spawnSync } from 'node:child_process';
import { cleanEnvironment, quoted } from '../measure/command.ts';
import { program } from '../measure/program.ts';
import { shell } from '../setup.ts';
import { workloadFile } from '../workload/files.ts';

/** Newlines and sha256 of an output. */
export interface Digest {
  lines: number;
  sha256: string;
}

/** A shell command that writes exactly so many lines: W3, W1 and W2 again and again. */
export function linesOf(count: number): string {
  const megabytes = count > 2_000_000 ? 200 : 5;
  const files = (['W3', 'W1', 'W2'] as const).map((workload) => {
    const path = workloadFile(workload, megabytes);
    return { path, lines: Number(String(execFileSync('wc', ['-l', path])).split(' ')[0]) };
  });
  const commands: string[] = [];
  let left = count;
  const whole = files.reduce((sum, { lines }) => sum + lines, 0);
  for (; left >= whole; left -= whole) commands.push(`cat ${files.map(({ path }) => quoted(path)).join(' ')}`);
  // A part of W3 could end inside a string: the rest is of the other two.
  const tail = files.slice(1).reverse();
  for (let i = 0; left > 0; i++) {
    const { path, lines } = tail[i % tail.length] as (typeof files)[number];
    commands.push(`head -n ${Math.min(left, lines)} ${quoted(path)}`);
    left -= Math.min(left, lines);
  }
  return `{ ${commands.join('; ')}; }`;
}

/** Runs stages behind a source of lines. @throws {Error} when one fails */
export function digestOf(root: string, source: string, stages: readonly string[]): Digest {
  const pipe = [source, ...stages, shell(program(root, 'digest'))].join(' | ');
  const run = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], { env: cleanEnvironment() });
  if (run.status !== 0) throw new Error(`Exit status ${run.status} of ${pipe}\n${String(run.stderr).slice(-2000)}`);
  const [lines, sha256 = ''] = String(run.stdout).trim().split(' ');
  return { lines: Number(lines), sha256 };
}
