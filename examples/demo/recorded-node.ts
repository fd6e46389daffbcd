import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the recorded node is, from the root of the repository. */
export const RECORDED_NODE = 'test/fixtures/recorded-node';

/** All its lines, file by file. No string field among them holds a newline. */
export function recordedLines(): string[] {
  const folder = join(RECORDED_NODE, 'lines');
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
}

/** The context of the recorded node's VMs, and one more for the lines of this machine. */
export function contextFor(host: string): string {
  const recorded = readFileSync(join(RECORDED_NODE, 'context.toml'), 'utf8');
  const name = JSON.stringify(host);
  return `${recorded}\n[[context]]\n  match = { host = ${name} }\n  server = ${name}\n  location = "here"\n`;
}
