import { nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { type Case, datagrams, jsonLines, recordingFile } from './recordings.ts';

/** A value that collectd's own receiver dispatched, and that line protocol can carry. */
export interface DispatchedValue {
  /** Number of its datagram, from 0. */
  readonly datagram: number;
  /** Number of its value list, of all. */
  readonly list: number;
  readonly plugin: string;
  /** Tags by the names of Telegraf's parser, in the order of their names; empty parts are left out. */
  readonly tags: string;
  readonly dataSource: string;
  readonly timeNs: bigint;
  readonly kind: 'counter' | 'gauge' | 'derive' | 'absolute';
  readonly value: number | bigint;
}

/** What collectd's own receiver made of a recording. */
export interface Dispatched {
  readonly datagrams: number;
  readonly lists: number;
  /** All of them, also NaN and infinities. */
  readonly values: number;
  readonly notifications: number;
  /** Values without NaN and infinities. */
  readonly finite: readonly DispatchedValue[];
}

interface Expected {
  readonly i: number;
  readonly values: readonly {
    readonly host: string;
    readonly plugin: string;
    readonly plugin_instance: string;
    readonly type: string;
    readonly type_instance: string;
    readonly time_hr: string;
    readonly dsnames: readonly string[];
    readonly dstypes: readonly DispatchedValue['kind'][];
    readonly values: readonly (number | string)[];
  }[];
  readonly notifications?: readonly unknown[];
}

export function dispatched(root: string, one: Case): Dispatched {
  const { dispatched: name, hasTypesDb, withoutAbsolute } = one;
  const expected = name === undefined ? [] : jsonLines<Expected>(recordingFile(root, `expected-${name}.jsonl`));
  const lists = expected
    .flatMap(({ i, values }) => values.map((list) => ({ datagram: i, list })))
    .filter(({ list }) => !(withoutAbsolute && list.dstypes.includes('absolute')));
  const values = lists.flatMap(({ datagram, list }, number) =>
    list.values.map((text, i): DispatchedValue => {
      const kind = list.dstypes[i] ?? 'gauge';
      const unnamed = list.values.length === 1 ? 'value' : String(i);
      return {
        datagram,
        list: number,
        plugin: list.plugin,
        tags: tagText([
          ['host', list.host],
          ['instance', list.plugin_instance],
          ['type', list.type],
          ['type_instance', list.type_instance],
        ]),
        dataSource: hasTypesDb ? (list.dsnames[i] ?? unnamed) : unnamed,
        timeNs: nsOfCdtime(BigInt(list.time_hr)),
        kind,
        value: kind === 'gauge' ? Number(text) : BigInt(text),
      };
    }),
  );
  return {
    datagrams: datagrams(root, one).length,
    lists: lists.length,
    values: values.length,
    notifications: expected.reduce((sum, { notifications = [] }) => sum + notifications.length, 0),
    // "NaN", "Inf" and "-Inf" are no numbers to Number() either
    finite: values.filter(({ value }) => typeof value === 'bigint' || Number.isFinite(value)),
  };
}

/** Tags as one text that can be compared. */
export function tagText(tags: readonly (readonly [string, string])[]): string {
  const there = tags.filter(([, value]) => value !== '');
  return JSON.stringify(there.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
