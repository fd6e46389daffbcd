import { DatagramWriter, type DatagramWriterOptions } from './datagram-writer.ts';
import type { Notification } from './notification.ts';
import type { ValueList } from './value-list.ts';
import type { WriteProblem } from './write-problem.ts';

/** How datagrams are packed, and how long one may wait for more values. */
export interface NetworkSenderOptions extends DatagramWriterOptions {
  /** Longest time that a value waits for its datagram to become full. Default 1,000; collectd has no limit. */
  readonly flushAfterMs?: number;
}

const DEFAULT_FLUSH_MS = 1000;

/** Packs values as collectd's network plugin does, but keeps none of them for long: a datagram that is not full leaves after a while. */
export class NetworkSender {
  readonly #writer: DatagramWriter;
  readonly #flushAfterMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @throws {RangeError} for a packet size, user or password that collectd does not allow */
  constructor(options: NetworkSenderOptions) {
    this.#writer = new DatagramWriter(options);
    this.#flushAfterMs = options.flushAfterMs ?? DEFAULT_FLUSH_MS;
  }

  /** Says why when the list cannot be written. */
  write(list: ValueList): WriteProblem | undefined {
    const problem = this.#writer.write(list);
    if (this.#timer === undefined && this.#writer.pendingBytes > 0)
      this.#timer = setTimeout(() => this.flush(), this.#flushAfterMs);
    return problem;
  }

  /** Sends it at once. Says why when it cannot be written. */
  writeNotification(notification: Notification): WriteProblem | undefined {
    return this.#writer.writeNotification(notification);
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writer.flush();
  }
}
