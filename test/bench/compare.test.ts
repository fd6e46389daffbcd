import { expect, test } from 'vitest';
import { compare, type Naming } from './compare/delivered.ts';
import { type Dispatched, type DispatchedValue, tagText } from './compare/dispatched.ts';

/** A value of `h/p-i/t`, at 1 ns after the second. */
function value(dataSource: string, number: number | bigint, more: Partial<DispatchedValue> = {}): DispatchedValue {
  const tags = tagText([
    ['host', 'h'],
    ['instance', 'i'],
    ['type', 't'],
  ]);
  const kind = typeof number === 'bigint' ? 'derive' : 'gauge';
  return { datagram: 0, list: 0, plugin: 'p', tags, dataSource, timeNs: 1_000_000_001n, kind, value: number, ...more };
}

function dispatched(finite: readonly DispatchedValue[]): Dispatched {
  return { datagrams: 1, lists: 1, values: finite.length, notifications: 0, finite };
}

test('what a receiver delivered is counted', () => {
  const check = (lines: string[], naming: Naming, finite: readonly DispatchedValue[], expected: object) => {
    const delivered = compare(lines.map((line) => `${line}\n`).join(''), naming, dispatched(finite));
    const { lost, ...counts } = delivered;
    expect({ ...counts, lost: lost.length }).toEqual({
      values: 0,
      again: 0,
      unasked: 0,
      inexact: 0,
      notifications: 0,
      intervals: 0,
      lostDatagrams: [],
      lostLists: 0,
      lost: 0,
      ...expected,
    });
  };
  const rx = 'p_rx,host=h,instance=i,type=t value=';

  // all, in any order of tags
  check([`${rx}7 1000000001`], 'telegraf_split', [value('rx', 7n)], { values: 1 });
  check(['p_rx,type=t,host=h,instance=i value=7 1000000001'], 'telegraf_split', [value('rx', 7n)], { values: 1 });
  check(
    ['collectd_p,host=h,plugin_instance=i,type=t rx=7i,tx=8i 1000000001'],
    'crosslayer',
    [value('rx', 7n), value('tx', 8n)],
    {
      values: 2,
    },
  );

  // twice, not asked for, another time
  check([`${rx}7 1000000001`, `${rx}7 1000000001`], 'telegraf_split', [value('rx', 7n)], { values: 1, again: 1 });
  check(['q_x,host=h value=1 5'], 'telegraf_split', [], { unasked: 1 });
  check([`${rx}7 1000000002`], 'telegraf_split', [value('rx', 7n)], {
    unasked: 1,
    lost: 1,
    lostDatagrams: [0],
    lostLists: 1,
  });

  // another number
  check([`${rx}9007199254740992 1000000001`], 'telegraf_split', [value('rx', 2n ** 53n)], { values: 1 });
  check([`${rx}9007199254740992 1000000001`], 'telegraf_split', [value('rx', 2n ** 53n + 1n)], {
    values: 1,
    inexact: 1,
  });
  check([`${rx}0.1 1000000001`], 'telegraf_split', [value('rx', 0.1)], { values: 1 });

  // lost: a part of a list, a list, a datagram
  const lists = [value('a', 1), value('b', 2), value('c', 3, { list: 1 }), value('d', 4, { list: 2, datagram: 1 })];
  check(['p_a,host=h,instance=i,type=t value=1 1000000001'], 'telegraf_split', lists, {
    values: 1,
    lost: 3,
    lostLists: 2,
    lostDatagrams: [1],
  });

  // besides values
  check(
    [
      'collectd_notification,host=h message="m" 1',
      'collectd_p,host=h,plugin_instance=i,type=t rx=7i,interval=10 1000000001',
    ],
    'crosslayer',
    [value('rx', 7n)],
    {
      values: 1,
      notifications: 1,
      intervals: 1,
    },
  );
});
