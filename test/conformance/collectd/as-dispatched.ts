import type { DecodedDatagram } from '../../../shared/collectd-protocol/decode.ts';
import type { Identifier } from '../../../shared/collectd-protocol/identifier.ts';
import { SEVERITIES } from '../../../shared/collectd-protocol/notification.ts';
import type { DataSource, TypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { Value } from '../../../shared/collectd-protocol/value-list.ts';
import { fromByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { DispatchedList, DispatchedNotification } from './recorded.ts';

/** The interval of the collectd that dispatched the recorded values, 1 s. */
const OWN_INTERVAL = 1n << 30n;

/**
 * Decoded value lists as collectd's daemon dispatches them, with what the daemon does and the protocol does not ask for: slashes in names are replaced, types
 * that are not in types.db, or have another number of values there, are dropped, bits are read by the kind in types.db, an absent interval is its own.
 */
export function listsAsDispatched({ valueLists }: DecodedDatagram, types: TypesDb): DispatchedList[] {
  return valueLists.flatMap((list) => {
    const sources = types.get(list.type)?.sources;
    if (sources?.length !== list.values.length) return [];
    return {
      ...identifier(list),
      time_hr: String(list.time),
      interval_hr: String(list.interval === 0n ? OWN_INTERVAL : list.interval),
      dstypes: sources.map(({ kind }) => kind),
      values: list.values.map((value, i) => printed(value, (sources[i] as DataSource).kind)),
      ...(list.user !== undefined && { username: fromByteString(list.user) }),
    };
  });
}

export function notificationsAsDispatched({ notifications }: DecodedDatagram): DispatchedNotification[] {
  return notifications.map((notification) => ({
    ...identifier(notification),
    severity: SEVERITIES[notification.severity],
    time_hr: String(notification.time),
    message: fromByteString(notification.message),
  }));
}

function identifier(id: Identifier) {
  return {
    host: field(id.host),
    plugin: field(id.plugin),
    plugin_instance: field(id.pluginInstance),
    type: field(id.type),
    type_instance: field(id.typeInstance),
  };
}

function field(name: Identifier['host']): string {
  if (name === '/') return 'root';
  return fromByteString(name).replace(/^\//, '').replaceAll('/', '_');
}

function printed(value: Value, kind: DataSource['kind']): string | number {
  const bits = Buffer.alloc(8);
  if (value.kind === 'gauge') bits.writeDoubleLE(value.value);
  else if (value.kind === 'derive') bits.writeBigInt64LE(value.value);
  else bits.writeBigUInt64LE(value.value);
  if (kind === 'derive') return String(bits.readBigInt64LE());
  if (kind !== 'gauge') return String(bits.readBigUInt64LE());
  const double = bits.readDoubleLE();
  if (Number.isNaN(double)) return 'NaN';
  return Number.isFinite(double) ? double : double > 0 ? 'Inf' : '-Inf';
}
