import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { DatagramIntake } from '../../../plugins/collectd_in/datagram-intake.ts';
import { Listeners } from '../../../plugins/collectd_in/listeners.ts';
import { FakeContext } from '../../support/fake-context.ts';

test('what was dropped since the last look is told at the end', async () => {
  const context = new FakeContext();
  // a reader that is behind from the first datagram on
  const intake = { take: () => new Promise<void>(() => {}) } as unknown as DatagramIntake;
  const options = { listen: ['udp://127.0.0.1:0'], receive_buffer: undefined, max_waiting: 2000 };
  const listeners = new Listeners({ options: options as never, intake, log: context.log, stats: context.stats });
  await listeners.open();
  const [, port] = /:(\d+),/.exec(context.said[0] ?? '') ?? [];
  const socket = createSocket('udp4');
  for (let n = 0; n < 20; n++) {
    socket.send(Buffer.alloc(1000), Number(port), '127.0.0.1');
    await vi.waitFor(() => expect(context.stats.read('received_bytes')).toBe(BigInt(1000 * (n + 1))), { interval: 1 });
  }
  socket.close();
  await once(socket, 'close');
  const dropped = context.stats.read('dropped_datagrams');
  expect(dropped).toBeGreaterThan(0n);
  expect(context.said).toHaveLength(1);
  await listeners.close();
  expect(context.said.slice(1)).toEqual([
    `T drops: The reader of the lines is behind, and max_waiting is full: ${dropped} datagrams are dropped`,
  ]);
});
