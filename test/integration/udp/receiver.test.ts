import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReceivedDatagrams } from '../../../shared/collectd-protocol/datagram-backlog.ts';
import { parseUdpEndpoint, UdpReceiver, type UdpReceiverOptions } from '../../../shared/collectd-protocol/udp.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

interface Recorded {
  readonly receiver: UdpReceiver;
  readonly batches: ReceivedDatagrams[];
  readonly warnings: string[];
  /** The texts of all datagrams, as soon as there are so many. */
  texts(count: number): Promise<string[]>;
}

/** A receiver that remembers; `take` may keep it waiting. */
async function listen(
  url: string,
  options: Partial<UdpReceiverOptions> = {},
  take: (received: ReceivedDatagrams) => void | Promise<void> = () => {},
): Promise<Recorded> {
  const { endpoint, problem } = parseUdpEndpoint(url, 'listen');
  if (endpoint === undefined) throw new Error(problem);
  const batches: ReceivedDatagrams[] = [];
  const warnings: string[] = [];
  const waiting = new Set<() => void>();
  const all = () => batches.flatMap(({ datagrams }) => datagrams.map((one) => one.toString('latin1')));
  const receiver = await UdpReceiver.open({
    endpoint,
    onDatagrams: (received) => {
      batches.push(received);
      for (const look of waiting) look();
      return take(received);
    },
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  let isClosed = false;
  opened.push({ close: () => (isClosed ? undefined : receiver.close()) });
  const close = receiver.close.bind(receiver);
  receiver.close = () => {
    isClosed = true;
    return close();
  };
  const texts = (count: number) =>
    new Promise<string[]>((resolve) => {
      const look = () => {
        if (all().length < count) return;
        waiting.delete(look);
        resolve(all());
      };
      waiting.add(look);
      look();
    });
  return { receiver, batches, warnings, texts };
}

async function sender(type: 'udp4' | 'udp6'): Promise<Socket> {
  const socket = createSocket(type).bind(0);
  await once(socket, 'listening');
  opened.push(socket);
  return socket;
}

const send = (socket: Socket, text: string | Buffer, port: number, host: string) =>
  new Promise<void>((resolve, reject) =>
    socket.send(text, port, host, (error) => (error === null ? resolve() : reject(error))),
  );

describe('unicast', () => {
  test('IPv4 and IPv6, by address and by name, at all addresses', async () => {
    const check = async (url: string, type: 'udp4' | 'udp6', host: string) => {
      const { receiver, batches, texts } = await listen(url);
      await send(await sender(type), 'one', receiver.port, host);
      expect(await texts(1)).toEqual(['one']);
      expect(batches[0]?.senders[0]).toMatchObject({ size: 3 });
      expect([receiver.datagrams, receiver.bytes, receiver.dropped]).toEqual([1, 3, 0]);
    };
    await check('udp://127.0.0.1:0', 'udp4', '127.0.0.1');
    await check('udp://[::1]:0', 'udp6', '::1');
    await check('udp://0.0.0.0:0', 'udp4', '127.0.0.1');
    await check('udp://:0', 'udp4', '127.0.0.1');
    await check('udp://:0', 'udp6', '::1');
    const { receiver } = await listen('udp://localhost:0');
    expect(receiver.endpoint).toMatch(/^udp:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
  });

  test('datagrams of every size arrive whole', async () => {
    const { receiver, batches, texts } = await listen('udp://127.0.0.1:0', { receiveBufferBytes: 1 << 20 });
    const socket = await sender('udp4');
    const sizes = [0, 1, 1452, 9000, 65_507];
    for (const size of sizes) await send(socket, Buffer.alloc(size, 'x'), receiver.port, '127.0.0.1');
    expect((await texts(5)).map(({ length }) => length)).toEqual(sizes);
    expect(batches.flatMap(({ senders }) => senders.map(({ size }) => size))).toEqual(sizes);
  });

  test('a port in use is an error that says so, and the datagrams stay with who has it', async () => {
    const first = await listen('udp://127.0.0.1:0');
    const { port } = first.receiver;
    await expect(listen(`udp://127.0.0.1:${port}`)).rejects.toThrow(
      `Cannot listen at udp://127.0.0.1:${port}: another program has this port (see "ss -ulnp") (EADDRINUSE)`,
    );
    // collectd sets SO_REUSEADDR; one without it is not let in
    const reusing = createSocket({ type: 'udp4', reuseAddr: true }).bind(0, '127.0.0.1');
    opened.push(reusing);
    await once(reusing, 'listening');
    await expect(listen(`udp://127.0.0.1:${reusing.address().port}`)).rejects.toThrow(/EADDRINUSE/);
    await send(await sender('udp4'), 'mine', port, '127.0.0.1');
    expect(await first.texts(1)).toEqual(['mine']);
  });

  test('what else can be wrong with an address', async () => {
    await expect(listen('udp://192.0.2.99:0')).rejects.toThrow(/no interface of this host has this address/);
    await expect(listen('udp://no.such.name.invalid:0')).rejects.toThrow(
      /^Cannot listen at udp:\/\/no\.such\.name\.invalid:0: the name (is not known|cannot be looked up now)/,
    );
  });
});

/** A real interface with this family, to hear one's own multicast by. */
function multicastInterface(family: 'IPv4' | 'IPv6'): string | undefined {
  const all = Object.entries(networkInterfaces());
  const found = all.find(([, addresses]) => addresses?.some((one) => one.family === family && !one.internal));
  return found?.[0] ?? (family === 'IPv4' ? 'lo' : undefined);
}

describe('multicast', () => {
  const check = async (type: 'udp4' | 'udp6', url: string, group: string, name: string) => {
    const first = await listen(`${url}:0`, { interface: name });
    const { port } = first.receiver;
    // all members of a group get everything, so a second one is let in
    const other = await listen(`${url}:${port}`, { interface: name });
    const socket = await sender(type);
    socket.setMulticastInterface(type === 'udp6' ? `::%${name}` : interfaceIpv4(name));
    // not beyond this host
    socket.setMulticastTTL(0);
    await send(socket, 'all', port, group);
    expect(await first.texts(1)).toEqual(['all']);
    expect(await other.texts(1)).toEqual(['all']);
    expect(first.receiver.kernelDrops).toBe(0);
  };

  test('an IPv4 group, on the loopback interface and on a real one', async () => {
    await check('udp4', 'udp://239.192.74.66', '239.192.74.66', 'lo');
    await check('udp4', 'udp://239.192.74.66', '239.192.74.66', multicastInterface('IPv4') as string);
  });

  test('what the kernel drops for one member is not counted for another', async () => {
    const name = multicastInterface('IPv4') as string;
    const slow = await listen('udp://239.192.74.66:0', { interface: name, receiveBufferBytes: 8192 });
    const url = `udp://239.192.74.66:${slow.receiver.port}`;
    const fast = await listen(url, { interface: name, receiveBufferBytes: 1 << 20 });
    const socket = await sender('udp4');
    socket.setMulticastInterface(interfaceIpv4(name));
    socket.setMulticastTTL(0);
    socket.connect(slow.receiver.port, '239.192.74.66');
    await once(socket, 'connect');
    // fits into the buffer that Linux grants when nothing was set up
    const SENT = 100;
    for (let i = 0; i < SENT; i++) socket.send(Buffer.alloc(1000));
    await fast.texts(SENT);
    expect(fast.receiver.kernelDrops).toBe(0);
    const drops = slow.receiver.kernelDrops as number;
    expect(drops).toBeGreaterThan(SENT / 2);
    expect((await slow.texts(SENT - drops)).length).toBe(SENT - drops);
  });

  const six = multicastInterface('IPv6');
  test.skipIf(six === undefined)('an IPv6 group, and one of a link', async () => {
    await check('udp6', 'udp://[ff18::efc0:4a42]', 'ff18::efc0:4a42', six as string);
    await check('udp6', 'udp://[ff02::4a42]', `ff02::4a42%${six}`, six as string);
    await check('udp6', `udp://[ff02::4a42%${six}]`, `ff02::4a42%${six}`, six as string);
  });

  test('an interface that does not exist', async () => {
    await expect(listen('udp://239.192.74.66:0', { interface: 'nosuch0' })).rejects.toThrow(
      /Interface "nosuch0" does not exist or has no address; there are "lo"/,
    );
  });
});

function interfaceIpv4(name: string): string {
  return networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')?.address as string;
}

describe('the receive buffer', () => {
  test('is what was asked for, or a warning names the sysctl', async () => {
    const small = await listen('udp://127.0.0.1:0', { receiveBufferBytes: 65_536 });
    expect(small.receiver.receiveBufferBytes).toBe(65_536);
    expect(small.warnings).toEqual([]);
    const huge = await listen('udp://127.0.0.1:0', { receiveBufferBytes: 2 ** 30 });
    expect(huge.receiver.receiveBufferBytes).toBeLessThan(2 ** 30);
    expect(huge.warnings).toEqual([
      `The kernel grants a receive buffer of ${huge.receiver.receiveBufferBytes} bytes instead of 1073741824; for more: sysctl -w net.core.rmem_max=1073741824`,
    ]);
  });

  test('when it is full the kernel drops, and every datagram is counted', async () => {
    const { receiver, texts } = await listen('udp://127.0.0.1:0', { receiveBufferBytes: 16_384 });
    const bystander = await listen('udp://127.0.0.1:0');
    const socket = await sender('udp4');
    socket.connect(receiver.port, '127.0.0.1');
    await once(socket, 'connect');
    const datagram = Buffer.alloc(1400);
    // Node sends at once, and nobody reads before this turn is over
    const SENT = 500;
    for (let i = 0; i < SENT; i++) socket.send(datagram);
    const drops = receiver.kernelDrops as number;
    expect(drops).toBeGreaterThan(400);
    await texts(SENT - drops);
    // a round trip: what was not dropped before it is here now
    await new Promise((resolve) => socket.send('last', resolve));
    const all = await texts(SENT - drops + 1);
    expect(all.at(-1)).toBe('last');
    expect(receiver.datagrams).toBe(SENT - drops + 1);
    expect(receiver.kernelDrops).toBe(drops);
    expect(bystander.receiver.kernelDrops).toBe(0);
    await receiver.close();
    expect(receiver.kernelDrops).toBe(drops);
  });
});

describe('towards the consumer', () => {
  test('datagrams of one turn come together and in order', async () => {
    const { receiver, batches, texts } = await listen('udp://127.0.0.1:0', { receiveBufferBytes: 1 << 20 });
    const socket = await sender('udp4');
    socket.connect(receiver.port, '127.0.0.1');
    await once(socket, 'connect');
    const expected = Array.from({ length: 64 }, (_, i) => `${i}`);
    for (const text of expected) socket.send(text);
    expect(await texts(64)).toEqual(expected);
    // libuv reads 32 datagrams a turn
    expect(batches.length).toBeLessThanOrEqual(4);
    for (const { datagrams, senders } of batches) expect(senders).toHaveLength(datagrams.length);
  });

  test('one that is behind finds the backlog, in order; what exceeds it is dropped and counted', async () => {
    let resume = () => {};
    const held = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let isHeld = true;
    const take = () => (isHeld ? held : undefined);
    const { receiver, batches, texts } = await listen('udp://127.0.0.1:0', { maxBacklogBytes: 10 * 612 }, take);
    const socket = await sender('udp4');
    const text = (i: number) => `${i}`.padEnd(100);
    const waitFor = async (count: number) => {
      while (receiver.datagrams < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await send(socket, text(0), receiver.port, '127.0.0.1');
    await texts(1);
    for (let i = 1; i <= 15; i++) await send(socket, text(i), receiver.port, '127.0.0.1');
    await waitFor(16);
    expect([receiver.dropped, batches.length]).toEqual([5, 1]);
    isHeld = false;
    resume();
    const expected = Array.from({ length: 11 }, (_, i) => text(i));
    expect(await texts(11)).toEqual(expected);
    // and goes on as before
    await send(socket, 'more', receiver.port, '127.0.0.1');
    expect(await texts(12)).toEqual([...expected, 'more']);
    expect(receiver.dropped).toBe(5);
  });

  test('a large backlog comes in pieces', async () => {
    let resume = () => {};
    const held = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let isHeld = true;
    const take = () => (isHeld ? held : undefined);
    const { receiver, batches, texts } = await listen('udp://127.0.0.1:0', {}, take);
    const socket = await sender('udp4');
    await send(socket, 'first', receiver.port, '127.0.0.1');
    await texts(1);
    for (let i = 0; i < 60; i++) {
      await send(socket, Buffer.alloc(60_000, i), receiver.port, '127.0.0.1');
      while (receiver.datagrams < i + 2) await new Promise((resolve) => setImmediate(resolve));
    }
    isHeld = false;
    resume();
    const all = await texts(61);
    expect(all.slice(1).map((text) => text.charCodeAt(0))).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(batches.length).toBe(1 + 4);
  });

  test('closing hands over what came, and waits for it to be taken', async () => {
    const taken: string[] = [];
    const take = async ({ datagrams }: ReceivedDatagrams) => {
      await new Promise((resolve) => setImmediate(resolve));
      taken.push(...datagrams.map(String));
    };
    const { receiver } = await listen('udp://127.0.0.1:0', {}, take);
    const socket = await sender('udp4');
    for (let i = 0; i < 5; i++) await send(socket, `${i}`, receiver.port, '127.0.0.1');
    while (receiver.datagrams < 5) await new Promise((resolve) => setImmediate(resolve));
    await receiver.close();
    expect(taken).toEqual(['0', '1', '2', '3', '4']);
  });
});
