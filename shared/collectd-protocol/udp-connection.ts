import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { interfaceAddress } from './network-interface.ts';

/** One address to send to. */
export interface UdpTarget {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly isMulticast: boolean;
}

/** How datagrams leave; all is the choice of the system where nothing is said. */
export interface UdpConnectionOptions {
  /** Name of the interface that multicast datagrams leave by; default: the system's choice. */
  readonly interface?: string;
  /** Hops that a datagram may make. Default: the system's, which is 1 for multicast. */
  readonly timeToLive?: number;
  /** Own address; default: the system's choice. */
  readonly bindAddress?: string;
}

/**
 * A socket that is connected to one address: sending costs less than to name the address each time, and the system tells when nobody listens there, which it
 * does with a later datagram, or between two.
 */
export class UdpConnection {
  readonly target: UdpTarget;
  readonly #socket: Socket;

  /** @throws {Error} of the system, or in words for an operator about the interface */
  static async open(
    target: UdpTarget,
    options: UdpConnectionOptions,
    onError: (error: NodeJS.ErrnoException) => void,
  ): Promise<UdpConnection> {
    const { address, family, port, isMulticast } = target;
    const { timeToLive, bindAddress } = options;
    const on = options.interface === undefined ? undefined : interfaceAddress(options.interface, family);
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    try {
      socket.bind({ port: 0, exclusive: true, ...(bindAddress !== undefined && { address: bindAddress }) });
      await once(socket, 'listening');
      if (isMulticast && on !== undefined) socket.setMulticastInterface(on);
      if (timeToLive !== undefined && isMulticast) socket.setMulticastTTL(timeToLive);
      if (timeToLive !== undefined && !isMulticast) socket.setTTL(timeToLive);
      await connected(socket, port, withScope(address, family, isMulticast ? options.interface : undefined));
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.on('error', onError);
    return new UdpConnection(target, socket);
  }

  private constructor(target: UdpTarget, socket: Socket) {
    this.target = target;
    this.#socket = socket;
  }

  /** The bytes must stay as they are until it is done. */
  send(datagram: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
    this.#socket.send(datagram, done);
  }

  close(): void {
    this.#socket.close();
  }
}

function connected(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // given an error where there is one, whatever its type says
    socket.connect(port, address, (error?: Error) => (error ? reject(error) : resolve()));
  });
}

/** A group of one link means nothing without its interface. */
function withScope(address: string, family: 4 | 6, name: string | undefined): string {
  return family === 6 && name !== undefined && !address.includes('%') ? `${address}%${name}` : address;
}
