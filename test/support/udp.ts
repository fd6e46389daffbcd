import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { readWire, type WireRecord } from './collectd-wire.ts';
import { PATIENCE_MS } from './line-collector.ts';

/** A UDP port on loopback that nobody has at this moment. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Takes what a collectd sends in plain: what it dispatched, to the last bit. */
export class WireRecorder {
  readonly port: number;
  readonly datagrams: Buffer[] = [];
  readonly records: WireRecord[] = [];
  readonly #socket: Socket;
  readonly #waiters = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (datagram) => {
      this.datagrams.push(datagram);
      this.records.push(...readWire(datagram));
      for (const look of this.#waiters) look();
    });
  }

  static async open(): Promise<WireRecorder> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 }).bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new WireRecorder(socket);
  }

  /** Resolves with the first record, seen already or not, that matches. */
  record(what: string, matches: (record: WireRecord) => boolean): Promise<WireRecord> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(look);
        const seen = this.records.slice(-15).map(({ identifier, message }) => `\n  ${identifier} ${message}`);
        reject(new Error(`Waited for ${what}; last of ${this.records.length} records:${seen.join('')}`));
      }, PATIENCE_MS);
      const look = () => {
        const found = this.records.find(matches);
        if (!found) return;
        this.#waiters.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      this.#waiters.add(look);
      look();
    });
  }

  close(): void {
    this.#socket.close();
  }
}

/** Resolves when somebody listens on a UDP port of this machine. */
export async function untilUdpPort(port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listens = () => ['udp', 'udp6'].some((name) => readFileSync(`/proc/net/${name}`, 'utf8').includes(`:${hex} 0`));
  await vi.waitFor(() => expect(listens(), `UDP port ${port} is open`).toBe(true), {
    timeout: PATIENCE_MS,
    interval: 10,
  });
}
