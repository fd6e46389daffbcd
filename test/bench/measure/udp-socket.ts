import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** What the kernel says of a UDP socket. */
export interface UdpSocket {
  /** Bytes that wait to be read, with what the kernel itself needs for them. */
  waiting: number;
  /** Datagrams that did not fit into the buffer, since the socket was bound. */
  drops: number;
}

/** The socket that is bound to a port of IPv4; undefined when there is none. */
export function udpSocket(port: number): UdpSocket | undefined {
  const place = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/udp', 'utf8').trimEnd().split('\n').slice(1);
  const row = rows.map((text) => text.trim().split(/\s+/)).find(([, local]) => local?.endsWith(place));
  if (!row) return undefined;
  return { waiting: Number.parseInt(row[4]?.split(':')[1] ?? '', 16), drops: Number(row.at(-1)) };
}

/** Resolves when somebody has bound the port. @throws {Error} after ten seconds */
export async function untilBound(port: number): Promise<void> {
  for (let tries = 0; udpSocket(port) === undefined; tries++) {
    if (tries === 500) throw new Error(`Nobody has bound UDP port ${port}`);
    await setTimeout(20);
  }
}

/** Resolves when all that came to a port has been read. */
export async function untilRead(port: number): Promise<void> {
  while ((udpSocket(port)?.waiting ?? 0) > 0) await setTimeout(20);
}
