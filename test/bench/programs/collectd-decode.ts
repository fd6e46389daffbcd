/**
 * Decodes recorded datagrams into lines, again and again, and prints values per CPU second and CPU ns a value.
 *
 *     collectd-decode FILE.pcapless [--naming crosslayer] [--auth AUTH_FILE] [--types TYPES_DB]… [--repeat 2000] [--without-absolute] [--json]
 *
 * FILE holds JSON lines with a datagram in `b64` each. `--without-absolute` leaves out datagrams with a value of that kind, which go-collectd refuses, so that
 * both do the same work. `--json` prints a {@link DecodeCost} instead.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DatagramLines } from '../../../shared/collectd-lines/datagram-lines.ts';
import { NAMINGS } from '../../../shared/collectd-lines/naming.ts';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import { REFUSALS, type Refusal } from '../../../shared/collectd-protocol/refusals.ts';
import type { Credentials } from '../../../shared/collectd-protocol/security.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';

const WARM_UP_PASSES = 100;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    naming: { type: 'string', default: 'crosslayer' },
    auth: { type: 'string' },
    types: { type: 'string', multiple: true, default: [] },
    repeat: { type: 'string', default: '2000' },
    'without-absolute': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const naming = NAMINGS.find((name) => name === options.naming);
const credentials = options.auth === undefined ? undefined : readCredentials(options.auth);
const { types } = parseTypesDb(options.types.map((name) => ({ name, bytes: readFileSync(name) })));
const dataSets = options.types.length > 0 ? types : undefined;
const datagrams = readDatagrams(positionals[0] ?? '').filter(
  (datagram) => !options['without-absolute'] || !hasAbsolute(datagram),
);
const lines = new DatagramLines({ ...(naming && { naming }), credentials, dataSets });

run(WARM_UP_PASSES);
const before = { ...lines.counts };
const cpu = process.cpuUsage();
const start = process.hrtime.bigint();
const bytes = run(Number(options.repeat));
const wall = Number(process.hrtime.bigint() - start);
const { user, system } = process.cpuUsage(cpu);

const cpuNs = (user + system) * 1000;
const count = (of: 'datagrams' | 'valueLists' | 'values') => lines.counts[of] - before[of];
const cost: DecodeCost = { datagrams: count('datagrams'), values: count('values'), refused: refusals(), cpuNs };
process.stdout.write(options.json ? JSON.stringify(cost) : described());

/** What was decoded, and at which cost. */
export interface DecodeCost {
  datagrams: number;
  /** That became fields of lines. */
  values: number;
  /** Refusals of any kind. */
  refused: number;
  cpuNs: number;
}

function refusals(): number {
  return (Object.keys(REFUSALS) as Refusal[]).reduce((sum, refusal) => sum + lines.counts[refusal], 0);
}

function described(): string {
  return `${count('datagrams')} datagrams, ${count('valueLists')} lists, ${count('values')} values, ${bytes} bytes of lines in ${seconds(cpuNs)} CPU s, ${seconds(wall)} s
${((count('values') / cpuNs) * 1e9).toFixed(0)} values per CPU second, ${per('values')} ns a value, ${per('valueLists')} ns a list, ${per('datagrams')} ns a datagram
`;
}

function run(passes: number): number {
  let bytes = 0;
  for (let pass = 0; pass < passes; pass++) {
    for (const datagram of datagrams) {
      lines.decode(datagram);
      bytes += lines.take().length;
    }
  }
  return bytes;
}

function readDatagrams(file: string): Buffer[] {
  const records = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return records.map((line) => Buffer.from((JSON.parse(line) as { b64: string }).b64, 'base64'));
}

function hasAbsolute(datagram: Buffer): boolean {
  const { valueLists } = decodeDatagram(datagram, { credentials });
  return valueLists.some(({ values }) => values.some(({ kind }) => kind === 'absolute'));
}

/** Lines of `user: password`, as in collectd's AuthFile. */
function readCredentials(file: string): Credentials {
  const lines = readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line.includes(':') && !line.startsWith('#'));
  const passwords = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trimStart(), Buffer.from(line.slice(colon + 1).trimStart(), 'latin1')];
    }),
  );
  return { passwordOf: (user) => passwords.get(user) };
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(3);
}

function per(of: 'datagrams' | 'valueLists' | 'values'): string {
  return (cpuNs / count(of)).toFixed(0);
}
