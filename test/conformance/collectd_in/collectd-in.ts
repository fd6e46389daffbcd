import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost, ExecdOptions } from '../../support/execd-host.ts';
import { PATIENCE_MS } from '../../support/line-collector.ts';
import { processTest } from '../../support/process-test.ts';

export const FIXTURES = fileURLToPath(new URL('../../fixtures/collectd', import.meta.url));
export const TYPES = `types_db = ["${FIXTURES}/types.used.db", "${FIXTURES}/types-custom.db"]`;

/** The datagrams of a recording. */
export function recorded(name: string): Buffer[] {
  const lines = readFileSync(`${FIXTURES}/${name}.pcapless`, 'utf8').trim().split('\n');
  return lines.map((line) => Buffer.from((JSON.parse(line) as { b64: string }).b64, 'base64'));
}

/** So many datagrams have room in a receive buffer of the usual size, 208 KiB. */
const BURST = 30;

/** Sends datagrams to where a started collectd_in listens. */
export class Sender {
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;
  #sent = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends one datagram when the receiver has taken most of those before: nothing is lost on the way, however slow it is. */
  async send(datagram: Uint8Array): Promise<void> {
    if (++this.#sent % BURST === 0) await this.#taken();
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(datagram, this.#port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Waits until nothing is left in the receiver's buffer. */
  async #taken(): Promise<void> {
    const at = `0100007F:${this.#port.toString(16).toUpperCase().padStart(4, '0')}`;
    const waiting = () => {
      const row =
        readFileSync('/proc/net/udp', 'utf8')
          .split('\n')
          .find((text) => text.includes(` ${at} `)) ?? '';
      return row.trim().split(/[ :]+/)[7];
    };
    await vi.waitFor(() => expect(waiting(), 'bytes in the receive buffer').toBe('00000000'), {
      timeout: PATIENCE_MS,
      interval: 1,
    });
  }

  close(): void {
    this.#socket.close();
  }
}

export interface CollectdInFixtures {
  /** Starts collectd_in with these options on a free port, and waits until it listens. */
  collectdIn: (options?: string, more?: Partial<ExecdOptions> & { words?: string[] }) => Promise<ExecdHost>;
  /** A sender to that one. */
  senderTo: (host: ExecdHost) => Sender;
}

export const collectdInTest = processTest.extend<CollectdInFixtures>({
  collectdIn: async ({ file, start }, use) => {
    await use(async (options = TYPES, { words = [], ...more } = {}) => {
      const config = file('collectd-in.conf', `[[inputs.collectd_in]]\nlisten = ["udp://127.0.0.1:0"]\n${options}\n`);
      const host = start({
        command: crosslayer('collectd-in', '--config', config, '--host', 'pipe', ...words),
        ...more,
      });
      await host.stderr.line('Listening at');
      return host;
    });
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here
  senderTo: async ({}, use) => {
    const senders: Sender[] = [];
    await use((host) => {
      const [, port] = /Listening at udp:\/\/127\.0\.0\.1:(\d+)/.exec(host.stderr.text) ?? [];
      const sender = new Sender(Number(port));
      senders.push(sender);
      return sender;
    });
    for (const sender of senders) sender.close();
  },
});

/** The lines that `--decode` makes of a recording. */
export async function decoded(
  start: (options: ExecdOptions) => ExecdHost,
  config: string,
  recording: string,
  ...words: string[]
): Promise<ExecdHost> {
  const host = start({
    command: crosslayer('collectd-in', '--host', 'pipe', '--config', config, '--decode', recording, ...words),
    encoding: 'latin1',
  });
  await host.finished;
  return host;
}
