import { sourceValue } from '../../shared/collectd-lines/source-value.ts';
import { cdtimeOfNs } from '../../shared/collectd-protocol/cdtime.ts';
import { cdtimeOfSeconds } from '../../shared/collectd-protocol/cdtime-text.ts';
import type { DatagramWriter } from '../../shared/collectd-protocol/datagram-writer.ts';
import type { Notification } from '../../shared/collectd-protocol/notification.ts';
import type { DataSourceKind, Value, ValueList } from '../../shared/collectd-protocol/value-list.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { Refusal } from './head-plan.ts';
import type { ListTarget } from './list-target.ts';
import type { Door } from './lists-out.ts';
import { refusalOf } from './refusal-of.ts';

const UNKNOWN: Value = { kind: 'gauge', value: Number.NaN };

/** Datagrams of collectd's network protocol. */
export class NetworkDoor implements Door {
  readonly #writer: Pick<DatagramWriter, 'write' | 'writeNotification'>;
  #intervalSeconds: number | undefined;
  #interval = 0n;
  #timeNs = 0n;
  #time = 0n;

  constructor(writer: Pick<DatagramWriter, 'write' | 'writeNotification'>) {
    this.#writer = writer;
  }

  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined {
    if (timeNs !== this.#timeNs) {
      this.#timeNs = timeNs;
      this.#time = cdtimeOfNs(timeNs);
    }
    if (interval !== this.#intervalSeconds) {
      this.#intervalSeconds = interval;
      this.#interval = interval === undefined ? 0n : (cdtimeOfSeconds(interval) ?? 0n);
    }
    const { kinds, fields, identifier } = target;
    const values: Value[] = [];
    for (let source = 0; source < kinds.length; source++) {
      const f = fields[source] as number;
      values.push(f < 0 ? UNKNOWN : sourceValue(batch, f, kinds[source] as DataSourceKind));
    }
    const { host, plugin, pluginInstance, type, typeInstance } = identifier;
    const list: ValueList = {
      host,
      plugin,
      pluginInstance,
      type,
      typeInstance,
      time: this.#time,
      interval: this.#interval,
      values,
    };
    return refusalOf(this.#writer.write(list));
  }

  notification(notification: Notification): Refusal | undefined {
    return refusalOf(this.#writer.writeNotification(notification));
  }
}
