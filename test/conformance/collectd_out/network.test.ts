import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished } from 'vitest';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import { freeUdpPort, WireRecorder } from '../../support/udp.ts';
import { lines, collectdOutTest as test } from './collectd-out.ts';

/** Takes datagrams in plain. */
async function recorder(): Promise<WireRecorder> {
  const wire = await WireRecorder.open();
  onTestFinished(() => wire.close());
  return wire;
}

const options = (port: number, more = '') => `transport = "network"\nserver = "udp://127.0.0.1:${port}"\n${more}`;

describe('datagrams', () => {
  test('have what the lines say, bit by bit', async ({ collectdOut }) => {
    const wire = await recorder();
    const host = collectdOut(options(wire.port), 'telegraf');
    await host.write(
      [
        'collectd_interface,host=h,plugin_instance=eth0,type=if_octets rx=9007199254740993i,tx=-1i 1700000000123456789',
        'collectd_load,host=h,type=load,interval=10 shortterm=0.1,longterm=-0 1700000000123456789',
        'collectd_c,host=h,type=counter value=18446744073709551615u 1700000000123456789',
        'collectd_notification,host=h,severity=failure message="over" 1700000000123456789',
        '',
      ].join('\n'),
    );
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    await wire.record('the last', ({ identifier }) => identifier === 'h/c/counter');
    // 123456789 ns are 132560717.98 units of 2^-30 s
    const time = (1_700_000_000n << 30n) + 132_560_718n;
    const values = wire.records.filter(({ kind }) => kind === 'values');
    expect(values.map(({ identifier, time, interval, values }) => ({ identifier, time, interval, values }))).toEqual([
      {
        identifier: 'h/interface-eth0/if_octets',
        time,
        interval: 0n,
        values: ['derive:0020000000000001', 'derive:ffffffffffffffff'],
      },
      {
        identifier: 'h/load/load',
        time,
        interval: 10n << 30n,
        values: ['gauge:3fb999999999999a', 'gauge:7ff8000000000000', 'gauge:8000000000000000'],
      },
      { identifier: 'h/c/counter', time, interval: 0n, values: ['counter:ffffffffffffffff'] },
    ]);
    const [notification] = wire.records.filter(({ kind }) => kind === 'notification');
    expect(notification).toMatchObject({ identifier: 'h//', severity: 1, message: 'over', time });
  });

  test('are full, and one that is not waits for the flush interval only', async ({ collectdOut }) => {
    const wire = await recorder();
    const host = collectdOut(options(wire.port, 'flush_interval = "50ms"'));
    await host.write(lines(0, 1));
    await wire.record('the only one', ({ identifier }) => identifier === 'h/x/gauge-0');
    expect(wire.datagrams.length).toBe(1);
    await host.write(lines(1, 1000));
    await wire.record('the last', ({ identifier }) => identifier === 'h/x/gauge-999');
    expect(wire.records.map(({ identifier }) => identifier)).toEqual(
      Array.from({ length: 1000 }, (_, i) => `h/x/gauge-${i}`),
    );
    const full = wire.datagrams.slice(1, -1);
    expect(Math.min(...full.map(({ length }) => length))).toBeGreaterThan(1300);
    expect(Math.max(...full.map(({ length }) => length))).toBeLessThanOrEqual(1346);
    await host.stop();
  });

  test('do not come faster than they may', async ({ collectdOut }) => {
    const wire = await recorder();
    const host = collectdOut(options(wire.port, 'datagrams_per_second = 100\nmax_packet_size = "1024"'));
    const began = performance.now();
    // some 110 datagrams, of which 64 may go at once
    await host.write(lines(0, 3500));
    await host.stop();
    await wire.record('the last', ({ identifier }) => identifier === 'h/x/gauge-3499');
    expect(wire.records.length).toBe(3500);
    expect(performance.now() - began).toBeGreaterThan((wire.datagrams.length - 64 - 1) * 10);
  });
});

describe('security', () => {
  test.for(['sign', 'encrypt'] as const)(
    '%s: who has the password reads them',
    async (level, { collectdOut, file }) => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      onTestFinished(() => void socket.close());
      await once(socket, 'listening');
      const password = file('password', ' correct horse \n');
      const security = `security_level = "${level}"\nusername = "alice"\npassword_file = "${password}"`;
      const host = collectdOut(options(socket.address().port, security));
      const received = once(socket, 'message');
      await host.write(lines(0, 1));
      await host.stop();
      const [datagram] = (await received) as [Buffer];
      const passwordOf = (right: string) => (user: string) => (user === 'alice' ? Buffer.from(right) : undefined);
      const read = (right: string) =>
        decodeDatagram(datagram, { credentials: { passwordOf: passwordOf(right) }, securityLevel: level });
      expect(read('correct horse').valueLists).toMatchObject([{ host: 'h', plugin: 'x', values: [{ value: 0 }] }]);
      expect(read('wrong').valueLists).toEqual([]);
      await host.finished;
      expect(host.stderr.text).toBe('');
    },
  );

  test('without user or password is a mistake in the configuration', async ({ collectdOut }) => {
    const host = collectdOut(`transport = "network"\nsecurity_level = "sign"\nserver = "udp://nowhere:x"`);
    expect((await host.finished).code).toBe(2);
    for (const text of ['option "username"', 'option "password_file"', '"udp://nowhere:x" has no port'])
      expect(host.stderr.text).toContain(text);
  });
});

test('while the name of the server is not known, what the queue drops is told at once, and the sum at the end', async ({
  collectdOut,
}) => {
  const host = collectdOut('transport = "network"\nserver = "udp://collectd.invalid"\nqueue_size = "64KiB"');
  for (let n = 0; n < 20_000; n += 100) await host.write(lines(n, n + 100));
  await host.stderr.line('The queue is full');
  expect(await host.stop()).toEqual({ code: 0, signal: null });
  await host.finished;
  const FULL = 'E! [collectd_out] The queue is full; the oldest datagrams are dropped';
  // the first, and those of the same minute as one line
  const told = host.stderr.lines.filter((line) => line.startsWith(FULL));
  expect(told).toEqual([FULL, expect.stringMatching(/ \(and \d+ more in the last \d+ s\)$/)]);
  const lost = host.stderr.text.match(
    /E! \[collectd_out\] In this run (\d+) datagrams could not be sent; they are lost/,
  );
  // 20,000 values, of which a datagram takes some 33
  expect(Number(lost?.[1])).toBeGreaterThan(20_000 / 60);
});

test('when nobody listens it says so, and goes on', async ({ collectdOut }) => {
  const port = await freeUdpPort();
  const host = collectdOut(options(port, 'flush_interval = "10ms"'));
  const flood = host.flood((n) => lines(n, n + 1), 1_000_000);
  await host.stderr.line(`Nobody listens at udp://127.0.0.1:${port}`);
  flood.stop();
  await flood.ended;
  expect(await host.stop()).toEqual({ code: 0, signal: null });
});
