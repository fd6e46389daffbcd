import type { Notification } from '../../shared/collectd-protocol/notification.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { Refusal } from './head-plan.ts';
import type { ListTarget } from './list-target.ts';
import { ListText } from './list-text.ts';
import type { Door } from './lists-out.ts';
import { putnotifLine } from './putnotif-line.ts';

/** PUTVAL and PUTNOTIF lines, which the exec and the unixsock plugin read alike. */
export class TextDoor implements Door {
  readonly #writer = new ListText();

  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: ByteString | undefined): Refusal | undefined {
    return this.#writer.write(target, batch, timeNs, interval);
  }

  notification(notification: Notification): Refusal | undefined {
    const line = putnotifLine(notification, 1023);
    if (typeof line !== 'string') return line;
    this.#writer.add(line);
    return undefined;
  }

  /** The lines since the last call; valid until the next line is written. */
  take(): Buffer {
    return this.#writer.take();
  }
}
