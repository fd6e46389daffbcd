import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import type { Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';

export const NOON = cdtimeOfNs(1_700_000_000_123_456_789n);
const TEN_SECONDS = 10n << 30n;

/** Changes to a list or notification of the tests; texts are written as text. */
export type Changes<T> = { readonly [key in keyof T]?: T[key] extends ByteString ? string : T[key] };

export const gauge = (value: number): Value => ({ kind: 'gauge', value });
export const derive = (value: bigint): Value => ({ kind: 'derive', value });

/** A value list of the tests. */
export function valueList(changes: Changes<ValueList> = {}): ValueList {
  return withChanges<ValueList>(
    { ...IDENTIFIER, type: bytes('gauge'), time: NOON, interval: TEN_SECONDS, values: [gauge(1.5)] },
    changes,
  );
}

/** A notification of the tests. */
export function notification(changes: Changes<Notification> = {}): Notification {
  return withChanges<Notification>(
    { ...IDENTIFIER, type: bytes('gauge'), time: NOON, severity: 'warning', message: bytes('Too much'), meta: [] },
    changes,
  );
}

const bytes = toByteString;
const IDENTIFIER = {
  host: bytes('node-a'),
  plugin: bytes('df'),
  pluginInstance: bytes('root'),
  typeInstance: bytes(''),
};

function withChanges<T extends object>(base: T, changes: Changes<T>): T {
  const texts = Object.entries(changes).map(([key, value]) => [
    key,
    typeof value === 'string' && key !== 'severity' ? bytes(value) : value,
  ]);
  return { ...base, ...Object.fromEntries(texts) };
}
