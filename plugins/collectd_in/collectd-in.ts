import { TYPES_LOOK_MS, TypesDbFiles } from '../../shared/collectd-files/types-db-files.ts';
import { DatagramLines } from '../../shared/collectd-lines/datagram-lines.ts';
import { AuthFile } from '../../shared/collectd-protocol/auth-file.ts';
import type { DatagramReader } from '../../shared/collectd-protocol/datagram-reader.ts';
import { Emitted } from '../../shared/collectd-protocol/emitted.ts';
import { ReplayWindow } from '../../shared/collectd-protocol/replay-window.ts';
import { toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { Input, InputContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import { DatagramIntake } from './datagram-intake.ts';
import { DecodeReport } from './decode-report.ts';
import { showCounts } from './decode-statistics.ts';
import { Listeners } from './listeners.ts';
import { NotificationSpool } from './notification-spool.ts';
import { isOwn } from './own-lists.ts';
import { Recording } from './recording.ts';
import type { Options } from './schema.ts';
import { SpooledNotifications } from './spooled-notifications.ts';

/** A larger file in the spool is removed unread. crosslayer-notify refuses what exceeds 16 KiB; other writers may have more to say. */
const MAX_NOTIFICATION_BYTES = 64 * 1024;

/** The input: what listens, and the way of a datagram through it. */
export class CollectdIn implements Input {
  readonly #options: Options;
  readonly #context: InputContext;
  readonly #types: TypesDbFiles;
  readonly #report: DecodeReport;
  readonly #lines: DatagramLines;
  readonly #intake: DatagramIntake;
  readonly #emitted: Emitted | undefined;
  readonly #own: Counter;
  /** Notifications that come by the spool as well. */
  readonly #elsewhere: Counter;
  readonly #listeners: Listeners;
  #spool: NotificationSpool | undefined;
  #recording: Recording | undefined;
  #typesTimer: NodeJS.Timeout | undefined;

  constructor(options: Options, context: InputContext) {
    const { log, stats, explain, now, shared } = context;
    this.#options = options;
    this.#context = context;
    this.#own = stats.counter('dropped_own');
    this.#elsewhere = stats.counter('dropped_notifications');
    if (options.drop_own) {
      this.#emitted = shared(Emitted);
      this.#emitted.isWatched = true;
    }
    this.#types = new TypesDbFiles({
      ...{ paths: options.types_db, log, now },
      without: 'values of types that are not known are called value, or 0, 1, …',
    });
    this.#report = new DecodeReport(log, explain);
    this.#lines = this.#openLines();
    this.#intake = new DatagramIntake({ lines: this.#lines, report: this.#report, send: context.send, explain });
    this.#listeners = new Listeners({ options, intake: this.#intake, log, stats });
    this.#showStatistics();
  }

  async start(): Promise<void> {
    const path = this.#context.flag('decode');
    if (path !== undefined) {
      const { log, end } = this.#context;
      this.#recording = await Recording.open(path, { intake: this.#intake, report: this.#report, log, end });
      return;
    }
    await this.#listeners.open();
    if (this.#options.spool !== undefined) this.#spool = this.#followSpool(this.#options.spool);
    this.#typesTimer = setInterval(() => void this.#lookAtTypes(), TYPES_LOOK_MS);
    this.#typesTimer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#typesTimer);
    this.#spool?.stop();
    this.#recording?.stop();
    await this.#listeners.close();
    void this.#intake.send();
  }

  #openLines(): DatagramLines {
    const { naming, numbers, unsigned, interval, prefix, security_level, auth_file, replay_window } = this.#options;
    const { log, now } = this.#context;
    const credentials =
      auth_file === undefined
        ? undefined
        : new AuthFile({ path: auth_file, now, onProblem: (message) => log.warn(message) });
    if (credentials?.size === 0 && security_level !== 'none')
      log.error(
        `No user is known from auth_file "${auth_file}", and security_level is "${security_level}": everything is refused until it names one`,
      );
    // what was recorded came before, of course
    const mayReplay = replay_window === 0 || this.#context.flag('decode') !== undefined;
    const replays = mayReplay ? undefined : new ReplayWindow({ windowMs: replay_window, now });
    return new DatagramLines({
      ...{ naming, numbers, unsigned, interval, credentials, replays },
      prefix: toByteString(prefix),
      securityLevel: security_level,
      dataSets: this.#dataSets,
      accepts: (reader, what) => this.#accepts(reader, what),
      events: this.#report,
    });
  }

  /** Where no file is read, it is no news that a type is unknown. */
  get #dataSets() {
    return this.#types.types.size > 0 ? this.#types.types : undefined;
  }

  #accepts(reader: DatagramReader, what: 'value_list' | 'notification'): boolean {
    if (this.#emitted && isOwn(this.#emitted, reader, what)) {
      this.#own.add();
      this.#report.explain('It is what this process has handed to collectd; dropped', reader);
      return false;
    }
    if (what === 'notification' && this.#options.notifications === 'spool') {
      this.#elsewhere.add();
      this.#report.explain('Notifications are taken from the spool only', reader);
      return false;
    }
    return true;
  }

  #followSpool(folder: string): NotificationSpool {
    const { log, stats, now } = this.#context;
    const notifications = new SpooledNotifications({ context: this.#context, emitted: this.#emitted, own: this.#own });
    return new NotificationSpool({
      ...{ folder, log, stats, now },
      maxFileBytes: MAX_NOTIFICATION_BYTES,
      take: (text, name) => notifications.take(text, name),
    });
  }

  async #lookAtTypes(): Promise<void> {
    if (await this.#types.refresh()) this.#lines.nameBy(this.#dataSets);
  }

  #showStatistics(): void {
    const { stats } = this.#context;
    showCounts(stats, () => this.#lines.counts);
    stats.gauge('unverified_signatures', () => BigInt(this.#lines.unverified));
    if (this.#emitted) {
      const emitted = this.#emitted;
      stats.gauge('emitted_forgotten', () => BigInt(emitted.forgotten));
    }
  }
}
