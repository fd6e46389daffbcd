import { DatagramWriter } from '../../shared/collectd-protocol/datagram-writer.ts';
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
  const sender = new UdpSender({
    endpoint: parseUdpEndpoint(options.server, 'send').endpoint as UdpEndpoint,
    maxQueueBytes: options.queue_size,
    datagramsPerSecond: options.datagrams_per_second,
    ...(options.interface !== undefined && { interface: options.interface }),
    ...(options.time_to_live !== undefined && { timeToLive: options.time_to_live }),
    onTrouble: (trouble, message) => log.trouble(trouble, message),
  });
  const writer = new DatagramWriter({
    onDatagram: (datagram) => sender.send(datagram),
    packetBytes: options.max_packet_size,
    security: securityOf(options),
  });
  stats.gauge('sent_datagrams', () => BigInt(sender.sent));
  stats.gauge('dropped_datagrams', () => BigInt(sender.dropped));
  stats.gauge('send_errors', () => BigInt(sender.errors));
  stats.gauge('queued_bytes', () => BigInt(sender.queuedBytes));
  let timer: NodeJS.Timeout | undefined;
  let isEnding = false;
  /** Those who wait for room. */
  const waiting = new Set<() => void>();
  const flush = () => {
    timer = undefined;
    writer.flush();
  };
  return {
    door: new NetworkDoor(writer),
    flush() {
      if (writer.pendingBytes > 0) timer ??= setTimeout(flush, options.flush_interval);
      const room = isEnding ? undefined : sender.room();
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
      clearTimeout(timer);
      writer.flush();
      const before = sender.dropped;
      await sender.close(STOP_PATIENCE_MS);
      if (sender.dropped > before) log.error(`${sender.dropped - before} datagrams could not be sent; they are lost`);
    },
  };
}

function securityOf({ security_level, username = '', password_file = '' }: Options): Security {
  if (security_level === 'none') return { level: 'none' };
  return { level: security_level, user: toByteString(username), password: Buffer.from(password_file) };
}
