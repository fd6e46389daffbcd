import { NetworkSender } from '../../shared/collectd-protocol/network-sender.ts';
import type { Security } from '../../shared/collectd-protocol/seal.ts';
import { parseUdpEndpoint, type UdpEndpoint } from '../../shared/collectd-protocol/udp-endpoint.ts';
import { UdpSender } from '../../shared/collectd-protocol/udp-sender.ts';
import { toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { OutputContext } from '../../shared/plugin/definition.ts';
import { NetworkDoor } from './network-door.ts';
import type { Options } from './schema.ts';
import type { Transport } from './transport.ts';

/** How long the end of the process waits for the pace. The runtime gives an output 4 s. */
const STOP_PATIENCE_MS = 3500;

/** Datagrams to a network plugin. One that is not full waits for the flush interval. */
export function networkTransport(options: Options, { log, stats }: OutputContext): Transport {
  const udp = new UdpSender({
    endpoint: parseUdpEndpoint(options.server, 'send').endpoint as UdpEndpoint,
    maxQueueBytes: options.queue_size,
    datagramsPerSecond: options.datagrams_per_second,
    ...(options.interface !== undefined && { interface: options.interface }),
    ...(options.time_to_live !== undefined && { timeToLive: options.time_to_live }),
    onTrouble: (trouble, message) => log.trouble(trouble, message, trouble === 'full' ? 'error' : 'warn'),
  });
  const sender = new NetworkSender({
    onDatagram: (datagram) => udp.send(datagram),
    flushAfterMs: options.flush_interval,
    packetBytes: options.max_packet_size,
    security: securityOf(options),
  });
  stats.gauge('sent_datagrams', () => BigInt(udp.sent));
  stats.gauge('dropped_datagrams', () => BigInt(udp.dropped));
  stats.gauge('send_errors', () => BigInt(udp.errors));
  stats.gauge('queued_bytes', () => BigInt(udp.queuedBytes));
  let isEnding = false;
  /** Those who wait for room. */
  const waiting = new Set<() => void>();
  return {
    door: new NetworkDoor(sender),
    flush() {
      const room = isEnding ? undefined : udp.room();
      if (room === undefined) return undefined;
      return new Promise((resolve) => {
        waiting.add(resolve);
        void room.then(() => {
          waiting.delete(resolve);
          resolve();
        });
      });
    },
    ending() {
      isEnding = true;
      for (const resolve of waiting) resolve();
    },
    async stop() {
      sender.flush();
      await udp.close(STOP_PATIENCE_MS);
      if (udp.dropped > 0) log.error(`In this run ${udp.dropped} datagrams could not be sent; they are lost`);
    },
  };
}

function securityOf({ security_level, username = '', password_file = '' }: Options): Security {
  if (security_level === 'none') return { level: 'none' };
  return { level: security_level, user: toByteString(username), password: Buffer.from(password_file) };
}
