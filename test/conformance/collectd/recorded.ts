import { readFileSync } from 'node:fs';
import type { Credentials } from '../../../shared/collectd-protocol/security.ts';
import { parseTypesDb, type TypesDb } from '../../../shared/collectd-protocol/types-db.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** What a collectd 5.12 made of one datagram: an entry of an `expected-*.jsonl`. */
export interface Dispatched {
  readonly values: readonly DispatchedList[];
  readonly notifications?: readonly DispatchedNotification[];
  readonly log?: readonly { readonly msg: string }[];
}

interface DispatchedIdentifier {
  readonly host: string;
  readonly plugin: string;
  readonly plugin_instance: string;
  readonly type: string;
  readonly type_instance: string;
  readonly time_hr: string;
}

/** Integers are decimal strings, doubles numbers or `NaN`, `Inf`, `-Inf`. */
export interface DispatchedList extends DispatchedIdentifier {
  readonly interval_hr: string;
  readonly dstypes: readonly string[];
  readonly values: readonly (string | number)[];
  readonly username?: string;
}

export interface DispatchedNotification extends DispatchedIdentifier {
  readonly severity: number;
  readonly message: string;
}

/** Recorded datagrams, in their order. */
export function recordedDatagrams(name: string): Buffer[] {
  return jsonLines<{ b64: string }>(`collectd/${name}.pcapless`).map(({ b64 }) => Buffer.from(b64, 'base64'));
}

/** What collectd dispatched for each datagram of a file. */
export function dispatched(name: string): Dispatched[] {
  return jsonLines(`collectd/expected-${name}.jsonl`);
}

/** The types of the recorded values. */
export function recordedTypes(): TypesDb {
  const names = ['types.used.db', 'types-custom.db'];
  const { types, problems } = parseTypesDb(names.map((name) => ({ name, bytes: fixture(`collectd/${name}`) })));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return types;
}

/** The users of the recorded datagrams, with what stands in `collectd/auth`. */
export function recordedCredentials(): Credentials {
  const passwords = new Map([
    ['alice', Buffer.from('s3cr3t pass with spaces')],
    ['bob', Buffer.from('swordfish')],
    ['carol ', Buffer.from('trailing-colon:inside:  ')],
  ]);
  return { passwordOf: (user) => passwords.get(user) };
}

/** What Telegraf's parser made of each datagram: its lines, without comments. Datagrams that nothing is known of are absent. */
export function telegrafLines(name: string): Map<number, string[]> {
  const datagrams = new Map<number, string[]>();
  let lines: string[] = [];
  for (const line of fixture(`telegraf/parsers-collectd-${name}.lp`).toString('utf8').split('\n')) {
    const header = /^# datagram (\d+)/.exec(line);
    if (header) {
      lines = [];
      datagrams.set(Number(header[1]) - 1, lines);
    } else if (line !== '' && !line.startsWith('#')) {
      lines.push(line);
    }
  }
  return datagrams;
}

function jsonLines<T>(path: string): T[] {
  const lines = fixture(path).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}
