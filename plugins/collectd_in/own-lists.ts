import type { DatagramReader } from '../../shared/collectd-protocol/datagram-reader.ts';
import { readNotification } from '../../shared/collectd-protocol/decode.ts';
import type { Emitted } from '../../shared/collectd-protocol/emitted.ts';

/** Whether what the reader stands on is what an output of this process has handed to collectd, and collectd has sent back. */
export function isOwn(emitted: Emitted, reader: DatagramReader, what: 'value_list' | 'notification'): boolean {
  if (emitted.isEmpty) return false;
  if (what === 'notification') return emitted.hasNotification(readNotification(reader));
  return emitted.hasValueList(reader.identifier(), reader.time);
}
