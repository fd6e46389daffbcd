import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, cleanEnvironment, quoted, script } from './measure/command.ts';
import { tagged, topologyOf } from './reference-tagger.ts';
import { NODE } from './workload/identities.ts';

/** sha256 of what the reference tagger makes of a file. */
export function referenceDigest(input: string, snapshot: string): string {
  const hash = createHash('sha256');
  const topology = topologyOf(readFileSync(snapshot, 'utf8'));
  let pieces: Buffer[] = [];
  for (const piece of tagged(readFileSync(input), topology, NODE)) {
    if (pieces.push(piece) < 10_000) continue;
    hash.update(Buffer.concat(pieces));
    pieces = [];
  }
  return hash.update(Buffer.concat(pieces)).digest('hex');
}

/** sha256 of what a filter makes of a file. @throws {Error} when it fails */
export function outputDigest(command: Command, input: string): string {
  const pipe = `cat ${quoted(input)} | bash -c ${quoted(script(command))} | sha256sum`;
  const run = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], { env: cleanEnvironment() });
  if (run.status !== 0)
    throw new Error(`${command.name}: exit status ${run.status}\n${String(run.stderr).slice(-2000)}`);
  return String(run.stdout).slice(0, 64);
}

/** Where a filter's output differs from the reference first, for the one who has to find out why. */
function firstDifference(command: Command, input: string, snapshot: string): string {
  const run = spawnSync(
    'bash',
    ['-c', `cat ${quoted(input)} | bash -c ${quoted(script(command))} | head -c 1500000000`],
    {
      env: cleanEnvironment(),
      maxBuffer: 2_000_000_000,
    },
  );
  let at = 0;
  let line = 1;
  for (const piece of tagged(readFileSync(input), topologyOf(readFileSync(snapshot, 'utf8')), NODE)) {
    const ours = run.stdout.subarray(at, at + piece.length);
    if (!ours.equals(piece)) {
      const around = (bytes: Buffer) => JSON.stringify(bytes.toString('latin1').slice(0, 300));
      return `at byte ${at}, about line ${line}:\n  expected ${around(piece)}\n  got      ${around(ours)}`;
    }
    at += piece.length;
    if (piece.at(-1) === 10) line++;
  }
  return `${run.stdout.length - at} bytes more than expected`;
}

/** No time counts before the bytes are right. @throws {Error} with the first difference */
export function checkIdentical(command: Command, input: string, snapshot: string): void {
  if (outputDigest(command, input) === referenceDigest(input, snapshot)) return;
  throw new Error(
    `Output of ${command.name} on ${basename(input)} is not that of the reference tagger: ${firstDifference(command, input, snapshot)}`,
  );
}
