import { notificationOf, notificationSeverity } from '../../shared/collectd-lines/line-notification.ts';
import { cdtimeOfNs } from '../../shared/collectd-protocol/cdtime.ts';
import type { Emitted } from '../../shared/collectd-protocol/emitted.ts';
import type { Notification } from '../../shared/collectd-protocol/notification.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Counter, PluginStats } from '../../shared/stats/stats.ts';
import type { Refusal } from './head-plan.ts';
import type { MappedSink } from './line-mapping.ts';
import { lineName, shown } from './line-name.ts';
import type { ListTarget } from './list-target.ts';
import type { NotificationPlan } from './notification-plan.ts';

/** One of collectd's doors. Both give why something cannot go through. */
export interface Door {
  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined;
  notification(notification: Notification): Refusal | undefined;
}

export interface ListsOutOptions {
  readonly door: Door;
  /** Seconds, where lines say nothing. */
  readonly interval: number | undefined;
  readonly emitted: Emitted;
  readonly log: Log;
  readonly stats: PluginStats;
}

/** What is sent, whatever the door: counted, with its interval, and noted so that it is known when it comes back. */
export class ListsOut implements MappedSink {
  readonly #options: ListsOutOptions;
  readonly #lists: Counter;
  readonly #notifications: Counter;
  readonly #unknownSeverities: Counter;

  constructor(options: ListsOutOptions) {
    this.#options = options;
    const { stats } = options;
    this.#lists = stats.counter('value_lists');
    this.#notifications = stats.counter('notifications');
    this.#unknownSeverities = stats.counter('unknown_severities');
  }

  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined {
    const { door, emitted } = this.#options;
    const refusal = door.list(target, batch, timeNs, interval ?? this.#options.interval);
    if (refusal) return refusal;
    this.#lists.add();
    if (emitted.isWatched) emitted.recordValueList(target.identifier, cdtimeOfNs(timeNs));
    return undefined;
  }

  notification(
    { head, identifier }: NotificationPlan,
    batch: LineBatch,
    i: number,
    timeNs: bigint,
  ): Refusal | undefined {
    const { door, emitted, log } = this.#options;
    const line = { ...head, fields: new Map(batch.point(i).fields) };
    let severity = notificationSeverity(line);
    if (severity === undefined) {
      this.#unknownSeverities.add();
      const word = head.tags.get('severity' as ByteString);
      const what = word === undefined ? 'has no severity' : `has a severity that nobody knows, ${shown(word)}`;
      log.trouble('severity', `Event ${lineName(head)} ${what}; taken as warning`);
      severity = 'warning';
    }
    const notification = notificationOf(line, timeNs, identifier, severity);
    // said of the line: what it is about may be empty
    if (notification.message === '')
      return { reason: 'bad_message', message: `Event ${lineName(head)} has no text in its field "message"` };
    const refusal = door.notification(notification);
    if (refusal) return refusal;
    this.#notifications.add();
    if (emitted.isWatched) emitted.recordNotification(notification);
    return undefined;
  }
}
