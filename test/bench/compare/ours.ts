import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../measure/command.ts';
import type { Naming } from './delivered.ts';
import { type Case, datagrams, recordingFile } from './recordings.ts';

/** The options besides those that say which datagrams are believed. */
const OPTIONS: Readonly<Record<Naming, string>> = {
  telegraf_split: 'naming = "telegraf_split"',
  crosslayer: 'interval = "field"',
};

/** The lines that the built collectd_in makes of a case. @throws {Error} when it fails */
export async function ourLines(root: string, one: Case, naming: Naming): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-compare-'));
  try {
    const [conf, recording] = [join(folder, 'conf'), join(folder, 'recording')];
    writeFileSync(conf, config(root, one, naming));
    const records = datagrams(root, one).map((datagram) => JSON.stringify({ b64: datagram.toString('base64') }));
    writeFileSync(recording, `${records.join('\n')}\n`);
    const program = join(root, 'dist/bin/crosslayer.cjs');
    const words = [program, 'collectd-in', '--config', conf, '--host', 'pipe', '--decode', recording];
    const options = { env: cleanEnvironment(), maxBuffer: 1 << 28, encoding: 'buffer' } as const;
    return (await promisify(execFile)(process.execPath, words, options)).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function config(root: string, { level, hasAuthFile, hasTypesDb }: Case, naming: Naming): string {
  const file = (name: string) => JSON.stringify(recordingFile(root, name));
  return `[[inputs.collectd_in]]
  security_level = "${level}"
  ${hasAuthFile ? `auth_file = ${file('auth')}` : ''}
  types_db = [${hasTypesDb ? `${file('types.used.db')}, ${file('types-custom.db')}` : ''}]
  ${OPTIONS[naming]}
  log_level = "error"
`;
}
