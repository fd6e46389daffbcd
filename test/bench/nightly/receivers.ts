import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import { ReplayWindow } from '../../../shared/collectd-protocol/replay-window.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import { passwordsOf } from './mutate-datagram.ts';

/** A way to receive datagrams. */
export interface ReceiverKind {
  readonly options: DatagramLinesOptions;
  /** What it makes of a datagram depends on those before. */
  readonly remembers?: true;
}

/** In the middle of the recordings `signed` and `encrypted`. */
const NOW = 1_795_244_705_000;

/** Receivers with every option, for the recordings of a folder. */
export function receiverKinds(folder: string): ReceiverKind[] {
  const passwords = passwordsOf(folder);
  const credentials = { passwordOf: (user: string) => passwords.get(user) };
  const files = ['types.used.db', 'types-custom.db'].map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const dataSets = parseTypesDb(files).types;
  const replays = new ReplayWindow({ windowMs: 3000, now: () => NOW, maxMarks: 10_000, maxSenders: 100 });
  return [
    { options: { credentials, dataSets } },
    { options: { dataSets, naming: 'telegraf_split', interval: 'tag' } },
    { options: { credentials, dataSets, naming: 'telegraf_join', numbers: 'exact', unsigned: 'i', interval: 'field' } },
    { options: { credentials, naming: 'write_influxdb_udp', securityLevel: 'sign' } },
    { options: { credentials, naming: 'telegraf_split', securityLevel: 'encrypt', replays }, remembers: true },
  ];
}
