import { notificationLine } from '../../shared/collectd-lines/notification-line.ts';
import { cdtimeOfNs } from '../../shared/collectd-protocol/cdtime.ts';
import type { Emitted } from '../../shared/collectd-protocol/emitted.ts';
import { parseNotificationText } from '../../shared/collectd-protocol/notification-text.ts';
import { isTextProblem } from '../../shared/collectd-protocol/text-problem.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { InputContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';

interface SpooledOptions {
  readonly context: Pick<InputContext, 'log' | 'stats' | 'now' | 'send'>;
  readonly emitted: Emitted | undefined;
  /** Counts what this process has emitted itself. */
  readonly own: Counter;
}

/** Makes lines of the texts that NotificationExec gave. */
export class SpooledNotifications {
  readonly #options: SpooledOptions;
  readonly #sent: Counter;
  readonly #refused: Counter;
  readonly #forged: Counter;
  readonly #cleaned: Counter;
  readonly #omitted: Counter;

  constructor(options: SpooledOptions) {
    this.#options = options;
    const { stats } = options.context;
    this.#sent = stats.counter('spool_notifications');
    this.#refused = stats.counter('spool_files_refused');
    this.#forged = stats.counter('spool_ignored_headers');
    this.#cleaned = stats.counter('spool_cleaned_names');
    this.#omitted = stats.counter('spool_meta_omitted');
  }

  /** @param name of the file, for messages */
  take(bytes: Buffer, name: string): Promise<void> | undefined {
    const { context, emitted, own } = this.#options;
    const read = parseNotificationText(bytes.toString('latin1') as ByteString);
    if (isTextProblem(read)) return this.#refuse(name, read.message);
    this.#forged.add(read.ignoredHeaders);
    const { time } = read.notification;
    // a plugin may leave the time to the reader
    const notification = { ...read.notification, time: time === 0n ? this.#nowCdtime() : time };
    if (emitted?.hasNotification(notification)) {
      own.add();
      return undefined;
    }
    const written = notificationLine(notification);
    if (written === undefined) return this.#refuse(name, 'Time is beyond the year 2262');
    this.#cleaned.add(written.cleaned);
    this.#omitted.add(written.omitted);
    this.#sent.add();
    return context.send(Buffer.from(written.line, 'latin1'));
  }

  #refuse(name: string, message: string): undefined {
    this.#refused.add();
    this.#options.context.log.trouble('spool text', `Notification "${name}" is refused: ${message}`);
    return undefined;
  }

  #nowCdtime(): bigint {
    return cdtimeOfNs(BigInt(this.#options.context.now()) * 1_000_000n);
  }
}
