import { REFUSALS, type Refusal } from '../collectd-protocol/refusals.ts';

/**
 * What happens to values on their way into lines that somebody may want to know, as the beginning of a message. The codes are stable, as those of
 * `REFUSALS`.
 */
export const NOTICES = {
  unknown_type: 'Type is not in types.db; its values are called by their index',
  other_value_count:
    'Value list has another number of values than its type in types.db; they are called by their index',
  cleaned: 'Name holds bytes that cannot stand in a line; they are left out',
  not_finite: 'Value is NaN or infinite, which line protocol does not know; it is left out',
  clamped: 'Unsigned value is above 2^63 - 1 and written as that',
  without_fields: 'Value list has no value that line protocol knows; it is left out',
  without_measurement: 'Plugin has no byte that can stand in a measurement; the value list is left out',
  bad_time: 'Time is beyond the year 2262, where nanoseconds end; it is left out',
  no_room: 'Lines are not taken fast enough; it is left out',
  not_accepted: 'Value list or notification is not wanted',
} as const;

/** The code of what happened: stable, counters and logs are named after it. */
export type Notice = keyof typeof NOTICES;

/** How often what happened. Counts of `Refusal` and `Notice` say what was refused, left out or changed. */
export type DecodeCounts = Record<'datagrams' | 'valueLists' | 'values' | 'notifications' | Refusal | Notice, number>;

/** All zero. `valueLists`, `values` and `notifications` count what became lines. */
export function newCounts(): DecodeCounts {
  const names = [
    'datagrams',
    'valueLists',
    'values',
    'notifications',
    ...Object.keys(REFUSALS),
    ...Object.keys(NOTICES),
  ];
  return Object.fromEntries(names.map((name) => [name, 0])) as DecodeCounts;
}
