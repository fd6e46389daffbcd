import {
  parseUdpEndpoint,
  type ReceivedDatagrams,
  type UdpEndpoint,
  UdpReceiver,
} from '../../shared/collectd-protocol/udp.ts';
import type { Log } from '../../shared/log/log.ts';
import type { PluginStats } from '../../shared/stats/stats.ts';
import type { DatagramIntake } from './datagram-intake.ts';
import type { Options } from './schema.ts';

interface ListenersOptions {
  readonly options: Pick<Options, 'listen' | 'interface' | 'receive_buffer' | 'max_waiting'>;
  readonly intake: DatagramIntake;
  readonly log: Log;
  readonly stats: PluginStats;
}

/** How often it is looked for datagrams that were lost; the kernel's table has a row for each UDP socket of the host. */
const DROPS_LOOK_MS = 5_000;

/** The sockets. While the reader of the lines is behind, datagrams wait in them. */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #receivers: UdpReceiver[] = [];
  readonly #seenDrops = { here: 0, kernel: 0 };
  /** Receivers that wait for the reader: lets them go on. */
  readonly #waiting = new Set<() => void>();
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ListenersOptions) {
    this.#options = options;
    const { stats } = options;
    stats.gauge('received_bytes', () => BigInt(this.#receivers.reduce((sum, { bytes }) => sum + bytes, 0)));
    stats.gauge('dropped_datagrams', () => BigInt(this.#drops.here));
    stats.gauge('kernel_drops', () => BigInt(this.#drops.kernel));
  }

  /** @throws {Error} in words for an operator, when an address cannot be had; nothing stays open then */
  async open(): Promise<void> {
    try {
      for (const url of this.#options.options.listen) this.#receivers.push(await this.#listen(url));
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#timer = setInterval(() => this.#lookForDrops(), DROPS_LOOK_MS);
    this.#timer.unref();
  }

  /** Takes no more, and resolves when what came before was sent, however far behind the reader is. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isClosing = true;
    for (const goOn of this.#waiting) goOn();
    await Promise.all(this.#receivers.map((receiver) => receiver.close()));
    // of the seconds since the last look
    this.#lookForDrops();
  }

  async #listen(url: string): Promise<UdpReceiver> {
    const { options, log } = this.#options;
    const { interface: on, receive_buffer } = options;
    // checked with the configuration
    const endpoint = parseUdpEndpoint(url, 'listen').endpoint as UdpEndpoint;
    const receiver = await UdpReceiver.open({
      endpoint,
      ...(on !== undefined && endpoint.isMulticast && { interface: on }),
      ...(receive_buffer !== undefined && { receiveBufferBytes: receive_buffer }),
      maxBacklogBytes: options.max_waiting,
      onDatagrams: (received) => this.#take(received),
      onWarning: (message) => log.warn(message),
    });
    log.info(`Listening at ${receiver.endpoint}, with a receive buffer of ${receiver.receiveBufferBytes} bytes`);
    return receiver;
  }

  #take({ datagrams, senders }: ReceivedDatagrams): Promise<void> | undefined {
    const behind = this.#options.intake.take(datagrams, (i) => {
      const { address, port } = senders[i] ?? {};
      return `datagram of ${address} port ${port}`;
    });
    return behind && !this.#isClosing ? this.#until(behind) : undefined;
  }

  #until(behind: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        this.#waiting.delete(goOn);
        resolve();
      };
      this.#waiting.add(goOn);
      void behind.then(goOn);
    });
  }

  /** Datagrams that were lost here because the reader of the lines was behind, and in the kernel because we were. */
  get #drops(): { readonly here: number; readonly kernel: number } {
    const sum = (of: (receiver: UdpReceiver) => number) => this.#receivers.reduce((n, receiver) => n + of(receiver), 0);
    return { here: sum(({ dropped }) => dropped), kernel: sum(({ kernelDrops }) => kernelDrops ?? 0) };
  }

  #lookForDrops(): void {
    const { here, kernel } = this.#drops;
    const lost = { here: here - this.#seenDrops.here, kernel: kernel - this.#seenDrops.kernel };
    Object.assign(this.#seenDrops, { here, kernel });
    const tell = (kind: string, text: string) => this.#options.log.trouble(kind, text, 'error');
    if (lost.here > 0)
      tell('drops', `The reader of the lines is behind, and max_waiting is full: ${lost.here} datagrams are dropped`);
    if (lost.kernel > 0)
      tell('kernel drops', `The kernel had no room for ${lost.kernel} datagrams; a larger receive_buffer may help`);
  }
}
