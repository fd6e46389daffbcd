import { formatPutnotif } from '../../shared/collectd-protocol/format-putnotif.ts';
import type { Notification } from '../../shared/collectd-protocol/notification.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { Counter, PluginStats } from '../../shared/stats/stats.ts';
import type { Refusal } from './head-plan.ts';
import type { ListTarget } from './list-target.ts';
import { ListText } from './list-text.ts';
import type { Door } from './lists-out.ts';
import { refusalOf } from './refusal-of.ts';

/** PUTVAL and PUTNOTIF lines, which the exec and the unixsock plugin read alike. */
export class TextDoor implements Door {
  readonly #lines = new ListText();
  readonly #leftOutMeta: Counter;
  readonly #changedEvents: Counter;

  constructor(stats: PluginStats) {
    this.#leftOutMeta = stats.counter('left_out_meta');
    this.#changedEvents = stats.counter('changed_notifications');
  }

  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined {
    return this.#lines.write(target, batch, timeNs, interval);
  }

  notification(notification: Notification): Refusal | undefined {
    const written = formatPutnotif(notification);
    if (!('line' in written)) return refusalOf(written);
    this.#lines.add(written.line);
    this.#leftOutMeta.add(written.droppedMeta);
    if (written.changed) this.#changedEvents.add();
    return undefined;
  }

  /** The lines since the last call; valid until they are given back. */
  take(): Buffer {
    return this.#lines.take();
  }

  giveBack(lines: Buffer): void {
    this.#lines.giveBack(lines);
  }
}
