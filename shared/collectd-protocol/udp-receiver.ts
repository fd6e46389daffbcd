import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { DatagramBacklog, type ReceivedDatagrams } from './datagram-backlog.ts';
import { KernelDrops, socketInodes } from './kernel-drops.ts';
import { interfaceAddress } from './network-interface.ts';
import { endpointText, type UdpEndpoint } from './udp-endpoint.ts';

/** Where to listen, how much may wait, and who takes it. */
export interface UdpReceiverOptions {
  readonly endpoint: UdpEndpoint;
  /** Name of the interface on which to join a multicast group; default: the system's choice. */
  readonly interface?: string;
  /** Receive buffer of the socket in bytes, as asked from the kernel; default: the system's (often 208 KiB, some 90 datagrams). */
  readonly receiveBufferBytes?: number;
  /** Most bytes that wait for a consumer who is behind, with 512 for each datagram; what comes on top is dropped. Default 16 MiB. */
  readonly maxBacklogBytes?: number;
  /**
   * Takes what came in one turn of the loop. The bytes are its own. A promise says that it is behind: until it resolves, datagrams wait.
   * It must not throw or reject.
   */
  readonly onDatagrams: (received: ReceivedDatagrams) => void | Promise<void>;
  /** Told of what an operator should know while data still flows. */
  readonly onWarning: (message: string) => void;
}

const DEFAULT_BACKLOG_BYTES = 16 * 1024 * 1024;
/** A consumer that comes back finds its backlog in pieces, so that other things run in between. */
const BATCH_BYTES = 1024 * 1024;
/** setsockopt takes an int, and the kernel doubles it. */
const MAX_RECEIVE_BUFFER_BYTES = 2 ** 30 - 1;

/** Receives datagrams at one address or from one multicast group. */
export class UdpReceiver {
  readonly #socket: Socket;
  readonly #drops: KernelDrops | undefined;
  readonly #backlog: DatagramBacklog;
  readonly #onDatagrams: UdpReceiverOptions['onDatagrams'];
  #isScheduled = false;
  #busy: Promise<void> | undefined;
  #datagrams = 0;
  #bytes = 0;
  #dropped = 0;
  #kernelDrops: number | undefined;

  /** Where it listens: the port is one that was free, when 0 was asked for. */
  readonly address: string;
  readonly port: number;
  /** What the kernel granted. */
  readonly receiveBufferBytes: number;

  /** @throws {Error} in words for an operator, when the address cannot be had */
  static async open(options: UdpReceiverOptions): Promise<UdpReceiver> {
    const endpoint = await resolved(options.endpoint);
    const bound = await bind(endpoint, options).catch((error: unknown) => {
      // a system without IPv6 has no "all addresses" of it
      const isMissing = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (isMissing && options.endpoint.host === '') return bind({ ...endpoint, host: '0.0.0.0', family: 4 }, options);
      throw error;
    });
    return new UdpReceiver(bound, options);
  }

  private constructor({ socket, drops }: Bound, options: UdpReceiverOptions) {
    this.#socket = socket;
    this.#drops = drops;
    this.#backlog = new DatagramBacklog(options.maxBacklogBytes ?? DEFAULT_BACKLOG_BYTES);
    this.#onDatagrams = options.onDatagrams;
    ({ address: this.address, port: this.port } = socket.address());
    this.receiveBufferBytes = grantedBuffer(socket, options);
    socket.on('error', (error) => options.onWarning(`Receiving at ${this.endpoint} failed: ${error.message}`));
    socket.on('message', (datagram, sender) => this.#take(datagram, sender));
  }

  /** As `udp://…`. */
  get endpoint(): string {
    return endpointText({ host: this.address, port: this.port });
  }

  /** Datagrams that came, dropped ones included. */
  get datagrams(): number {
    return this.#datagrams;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Datagrams that were dropped here because the consumer was behind. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Datagrams that the kernel dropped because we were; undefined where it does not say. Reads a file of the kernel at every call. */
  get kernelDrops(): number | undefined {
    return this.#kernelDrops ?? this.#drops?.read();
  }

  /** Stops receiving, and resolves when the consumer has taken what came before. */
  async close(): Promise<void> {
    this.#kernelDrops = this.#drops?.read();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
    while (this.#busy !== undefined || !this.#backlog.isEmpty) {
      this.#deliver();
      await this.#busy;
    }
  }

  #take(datagram: Buffer, sender: RemoteInfo): void {
    this.#datagrams++;
    this.#bytes += datagram.length;
    if (!this.#backlog.add(datagram, sender)) this.#dropped++;
    else this.#schedule();
  }

  /** The check phase follows the polling at once: what one turn has read is delivered together, and none of it waits. */
  #schedule(): void {
    if (this.#isScheduled || this.#busy !== undefined) return;
    this.#isScheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    if (this.#busy !== undefined || this.#backlog.isEmpty) return;
    this.#busy = this.#onDatagrams(this.#backlog.take(BATCH_BYTES))?.then(() => {
      this.#busy = undefined;
      if (!this.#backlog.isEmpty) this.#schedule();
    });
    if (this.#busy === undefined && !this.#backlog.isEmpty) this.#schedule();
  }
}

interface Bound {
  readonly socket: Socket;
  readonly drops: KernelDrops | undefined;
}

async function resolved(endpoint: UdpEndpoint): Promise<UdpEndpoint & { family: 4 | 6 }> {
  if (endpoint.family !== undefined) return { ...endpoint, family: endpoint.family };
  if (endpoint.host === '') return { ...endpoint, host: '::', family: 6 };
  try {
    const { address, family } = await lookup(endpoint.host);
    return { ...endpoint, host: address, family: family === 4 ? 4 : 6 };
  } catch (error) {
    throw failure(endpoint, error as NodeJS.ErrnoException);
  }
}

function bind(endpoint: UdpEndpoint & { family: 4 | 6 }, options: UdpReceiverOptions): Promise<Bound> {
  const { port, family, isMulticast } = endpoint;
  const on = options.interface === undefined ? undefined : interfaceAddress(options.interface, family);
  // IPv6 has a scope in the address, without which a group of one link cannot be bound
  const isUnscoped = isMulticast && family === 6 && !endpoint.host.includes('%');
  const host = isUnscoped && on !== undefined ? `${endpoint.host}%${options.interface}` : endpoint.host;
  const { receiveBufferBytes } = options;
  let before = new Set<string>();
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      // With it a second socket takes over all datagrams of one address, without a word; a group's go to all its members (observed, Linux 6).
      reuseAddr: isMulticast,
      ...(receiveBufferBytes && { recvBufferSize: Math.min(receiveBufferBytes, MAX_RECEIVE_BUFFER_BYTES) }),
      // called right before the socket is made, and nothing runs in between: the new inode is that of this socket
      lookup: (address, _, done) => {
        before = socketInodes();
        done(null, address, family);
      },
    });
    const fail = (error: unknown) => {
      socket.close();
      reject(failure(endpoint, error as NodeJS.ErrnoException));
    };
    socket.once('error', fail);
    socket.once('listening', () => {
      const [inode] = [...socketInodes()].filter((one) => !before.has(one));
      try {
        if (isMulticast) socket.addMembership(host, on);
      } catch (error) {
        fail(error);
        return;
      }
      socket.off('error', fail);
      resolve({ socket, drops: inode === undefined ? undefined : new KernelDrops(inode) });
    });
    socket.bind({ address: host, port, exclusive: true });
  });
}

function grantedBuffer(socket: Socket, { receiveBufferBytes, onWarning }: UdpReceiverOptions): number {
  // Linux gives twice what was asked for, as it counts its own bookkeeping too (socket(7), SO_RCVBUF)
  const granted = Math.floor(socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1));
  if (receiveBufferBytes !== undefined && granted < receiveBufferBytes)
    onWarning(
      `The kernel grants a receive buffer of ${granted} bytes instead of ${receiveBufferBytes}; for more: sysctl -w net.core.rmem_max=${receiveBufferBytes}`,
    );
  return granted;
}

/** What the system's codes mean to an operator. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (see "ss -ulnp")',
  EADDRNOTAVAIL: 'no interface of this host has this address',
  EACCES: 'ports below 1024 need a privilege',
  ENODEV: 'no interface can join this group; name one with a multicast route',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
};

function failure(endpoint: UdpEndpoint, error: NodeJS.ErrnoException): Error {
  const { code = '', message } = error;
  const reason = REASONS[code] ?? message;
  const text = `Cannot listen at ${endpointText(endpoint)}: ${reason}${code === '' ? '' : ` (${code})`}`;
  return Object.assign(new Error(text, { cause: error }), { code });
}
