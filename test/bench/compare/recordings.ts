import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a receiver of collectd's datagrams is set up. */
export interface Settings {
  /** In the table of the page. */
  readonly what: string;
  readonly level: 'none' | 'sign' | 'encrypt';
  readonly hasAuthFile: boolean;
  readonly hasTypesDb: boolean;
}

/** A recording that receivers are fed with. */
export interface Case extends Settings {
  /** For the receivers' tables and logs. */
  readonly name: string;
  readonly recording: string;
  /** What collectd's own receiver dispatched with these settings; absent: nothing. */
  readonly dispatched?: string;
  /** Value lists that hold an ABSOLUTE are taken out of the datagrams. */
  readonly withoutAbsolute?: true;
}

const ALL = { level: 'none', hasAuthFile: true, hasTypesDb: true } as const;

const NONE: Settings = { what: 'level none', ...ALL };
const NO_AUTH_FILE: Settings = { what: 'level none, no auth file', ...ALL, hasAuthFile: false };
const NO_TYPES_DB: Settings = { what: 'level none, no types.db', ...ALL, hasTypesDb: false };
const SIGN: Settings = { what: 'level sign', ...ALL, level: 'sign' };
const ENCRYPT: Settings = { what: 'level encrypt', ...ALL, level: 'encrypt' };

/** Every recording, at every level that says something about it. */
export const CASES: readonly Case[] = [
  { name: 'plain', recording: 'plain', ...NONE, dispatched: 'plain' },
  { name: 'plain-without-absolute', recording: 'plain', ...NONE, dispatched: 'plain', withoutAbsolute: true },
  { name: 'plain-no-types', recording: 'plain', ...NO_TYPES_DB, dispatched: 'plain' },
  { name: 'plain-sign', recording: 'plain', ...SIGN },
  { name: 'signed', recording: 'signed', ...NONE, dispatched: 'signed' },
  { name: 'signed-no-auth', recording: 'signed', ...NO_AUTH_FILE, dispatched: 'signed' },
  { name: 'signed-sign', recording: 'signed', ...SIGN, dispatched: 'signed' },
  { name: 'signed-encrypt', recording: 'signed', ...ENCRYPT },
  { name: 'encrypted', recording: 'encrypted', ...NONE, dispatched: 'encrypted' },
  { name: 'encrypted-no-auth', recording: 'encrypted', ...NO_AUTH_FILE },
  { name: 'encrypted-encrypt', recording: 'encrypted', ...ENCRYPT, dispatched: 'encrypted' },
  { name: 'notification', recording: 'notification', ...NONE, dispatched: 'notification' },
  { name: 'notification-sign', recording: 'notification-signed', ...SIGN, dispatched: 'notification-signed' },
  {
    name: 'notification-encrypt',
    recording: 'notification-encrypted',
    ...ENCRYPT,
    dispatched: 'notification-encrypted',
  },
  { name: 'handmade', recording: 'handmade', ...NONE, dispatched: 'handmade.none+auth' },
  { name: 'handmade-no-auth', recording: 'handmade', ...NO_AUTH_FILE, dispatched: 'handmade.none' },
  { name: 'handmade-no-types', recording: 'handmade', ...NO_TYPES_DB, dispatched: 'handmade.none+auth' },
  { name: 'handmade-sign', recording: 'handmade', ...SIGN, dispatched: 'handmade.sign' },
  { name: 'handmade-encrypt', recording: 'handmade', ...ENCRYPT, dispatched: 'handmade.encrypt' },
];

/** Path of a file among the recordings. */
export function recordingFile(root: string, name: string): string {
  return join(root, 'test/fixtures/collectd', name);
}

/** The objects of a file of JSON lines. */
export function jsonLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

/** The datagrams of a case. */
export function datagrams(root: string, { recording, withoutAbsolute }: Case): Buffer[] {
  const records = jsonLines<{ b64: string }>(recordingFile(root, `${recording}.pcapless`));
  const all = records.map(({ b64 }) => Buffer.from(b64, 'base64'));
  return withoutAbsolute ? all.map(lessAbsolute) : all;
}

const VALUES = 0x0006;
const ABSOLUTE = 3;

function lessAbsolute(datagram: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < datagram.length; ) {
    const part = datagram.subarray(at, at + datagram.readUInt16BE(at + 2));
    const isValues = part.readUInt16BE(0) === VALUES;
    const kinds = isValues ? part.subarray(6, 6 + part.readUInt16BE(4)) : part.subarray(0, 0);
    if (!kinds.includes(ABSOLUTE)) kept.push(part);
    at += part.length;
  }
  return Buffer.concat(kept);
}
