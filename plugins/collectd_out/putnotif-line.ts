import type { Notification } from '../../shared/collectd-protocol/notification.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { Refusal } from './head-plan.ts';

export function putnotifLine(n: Notification, max: number): ByteString | Refusal {
  throw new Error(`${n.message} ${max}`);
}
