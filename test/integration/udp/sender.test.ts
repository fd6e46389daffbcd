import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseUdpEndpoint, UdpSender, type UdpSenderOptions } from '../../../shared/collectd-protocol/udp.ts';
import { UdpConnection } from '../../../shared/collectd-protocol/udp-connection.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Takes datagrams, and knows those that came. */
class Listener {
  readonly texts: string[] = [];
  readonly #socket: Socket;
  readonly #looks = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => {
      this.texts.push(datagram.toString('latin1'));
      for (const look of this.#looks) look();
    });
  }

  static async open(address = '127.0.0.1', port = 0, recvBufferSize = 1 << 20): Promise<Listener> {
    return Listener.openNow(address, port, recvBufferSize);
  }

  /** It is there when this returns: only a look-up would make binding wait. */
  static openNow(address: string, port: number, recvBufferSize = 1 << 20): Listener {
    const isSix = address.includes(':');
    const socket = createSocket({
      type: isSix ? 'udp6' : 'udp4',
      recvBufferSize,
      lookup: (_, __, done) => done(null, address, isSix ? 6 : 4),
    });
    const listener = new Listener(socket.bind(port, address));
    opened.push({ close: () => listener.close() });
    return listener;
  }

  get socket(): Socket {
    return this.#socket;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** All texts, when there are so many or the last one is this. */
  until(wanted: number | string): Promise<string[]> {
    return new Promise((resolve) => {
      const look = () => {
        if (typeof wanted === 'number' ? this.texts.length < wanted : this.texts.at(-1) !== wanted) return;
        this.#looks.delete(look);
        resolve(this.texts);
      };
      this.#looks.add(look);
      look();
    });
  }

  #isClosed = false;

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** A sender, what it complains about, and a wait for the next complaint. */
function sendTo(url: string, options: Partial<UdpSenderOptions> = {}) {
  const { endpoint, problem } = parseUdpEndpoint(url, 'send');
  if (endpoint === undefined) throw new Error(problem);
  const troubles: string[] = [];
  let told = () => {};
  const sender = new UdpSender({
    endpoint,
    retryMs: 20,
    onTrouble: (trouble, message) => {
      troubles.push(`${trouble}: ${message}`);
      told();
    },
    ...options,
  });
  opened.push({ close: () => sender.close(0) });
  const trouble = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      told = () => {
        const found = troubles.find((text) => pattern.test(text));
        if (found !== undefined) resolve(found);
      };
      told();
    });
  return { sender, troubles, trouble };
}

/** Sends one text again and again until it arrives: for what is told late, or while there is no way. */
async function insist(sender: UdpSender, listener: Listener, text: string): Promise<void> {
  let isThere = false;
  const arrival = listener.until(text).then(() => {
    isThere = true;
  });
  while (!isThere) {
    sender.send(Buffer.from(text));
    await Promise.race([arrival, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
}

describe('unicast', () => {
  test('IPv4, IPv6 and names; what was sent before there is a way is not lost', async () => {
    const check = async (host: string, address: string) => {
      const listener = await Listener.open(address);
      const { sender, troubles } = sendTo(`udp://${host}:${listener.port}`);
      for (const text of ['a', 'b', 'c']) sender.send(Buffer.from(text));
      expect(await listener.until(3)).toEqual(['a', 'b', 'c']);
      expect([sender.sent, sender.sentBytes, sender.dropped, sender.errors]).toEqual([3, 3, 0, 0]);
      expect(troubles).toEqual([]);
    };
    await check('127.0.0.1', '127.0.0.1');
    await check('[::1]', '::1');
    await check('localhost', '127.0.0.1').catch(() => check('localhost', '::1'));
  });

  test('own address and hops', async () => {
    const listener = await Listener.open();
    const sources: string[] = [];
    listener.socket.on('message', (_, { address }) => sources.push(address));
    const { sender } = sendTo(`udp://127.0.0.1:${listener.port}`, { bindAddress: '127.0.0.9', timeToLive: 7 });
    sender.send(Buffer.from('x'));
    await listener.until(1);
    expect(sources).toEqual(['127.0.0.9']);
  });

  test('a peer that is away is told of, and found again when it comes back', async () => {
    const first = await Listener.open();
    const { port } = first;
    const { sender, trouble, troubles } = sendTo(`udp://127.0.0.1:${port}`);
    sender.send(Buffer.from('one'));
    await first.until('one');
    await first.close();
    sender.send(Buffer.from('lost'));
    expect(await trouble(/refused/)).toBe(`refused: Nobody listens at udp://127.0.0.1:${port} (ECONNREFUSED)`);
    // the answer to a datagram before must not cost the next one: the peer comes back between the two, and nothing is read in between
    sender.send(Buffer.from('lost, too'));
    const second = Listener.openNow('127.0.0.1', port);
    sender.send(Buffer.from('two'));
    expect(await second.until(1)).toEqual(['two']);
    expect(sender.errors).toBe(troubles.length);
    expect(troubles.length).toBeGreaterThan(1);
    expect(sender.dropped).toBe(0);
  });

  test('a datagram that is too long is dropped alone', async () => {
    const listener = await Listener.open();
    const { sender, troubles } = sendTo(`udp://127.0.0.1:${listener.port}`);
    sender.send(Buffer.alloc(65_508));
    sender.send(Buffer.from('next'));
    expect(await listener.until(1)).toEqual(['next']);
    expect(troubles).toEqual([`failed: Sending to udp://127.0.0.1:${listener.port} failed: EMSGSIZE`]);
    expect([sender.sent, sender.dropped]).toEqual([1, 1]);
  });
});

/** The system refuses what is sent with this code, as long as it holds; and counts. */
function refusing(code: string) {
  const send = UdpConnection.prototype.send;
  const system = { isRefusing: true, tries: 0 };
  const spy = vi.spyOn(UdpConnection.prototype, 'send').mockImplementation(function (
    this: UdpConnection,
    datagram,
    done,
  ) {
    system.tries++;
    if (system.isRefusing) process.nextTick(done, Object.assign(new Error(`send ${code}`), { code }));
    else send.call(this, datagram, done);
  });
  onTestFinished(() => spy.mockRestore());
  return system;
}

describe('an error that passes', () => {
  const CODES = ['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'ENOBUFS', 'EAGAIN', 'EPERM'];
  test.for(CODES)('%s costs no datagram, and no order', async (code) => {
    const listener = await Listener.open();
    const system = refusing(code);
    const { sender, trouble, troubles } = sendTo(`udp://127.0.0.1:${listener.port}`);
    const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
    for (const text of texts.slice(0, 100)) sender.send(Buffer.from(text));
    expect(await trouble(/./)).toBe(
      `failed: Sending to udp://127.0.0.1:${listener.port} failed, trying again: ${code}`,
    );
    for (const text of texts.slice(100)) sender.send(Buffer.from(text));
    // a turn found out; then one at a time is tried
    const before = system.tries;
    expect(before).toBeLessThanOrEqual(64);
    await expect.poll(() => system.tries).toBeGreaterThan(before + 2);
    expect(system.tries - before).toBeLessThan(60);
    expect([sender.sent, sender.dropped, sender.errors]).toEqual([0, 0, troubles.length]);
    system.isRefusing = false;
    expect(await listener.until(200)).toEqual(texts);
    expect([sender.sent, sender.dropped, sender.queuedBytes]).toEqual([200, 0, 0]);
  });

  test('while it lasts nobody waits, and the oldest make room', async () => {
    const listener = await Listener.open();
    const system = refusing('ENETUNREACH');
    const options = { maxQueueBytes: 10 };
    const { sender, trouble, troubles } = sendTo(`udp://127.0.0.1:${listener.port}`, options);
    for (const text of 'abcdefghij') sender.send(Buffer.from(text));
    await trouble(/^failed/);
    expect(sender.room()).toBeUndefined();
    expect([sender.queuedBytes, sender.dropped]).toEqual([10, 0]);
    for (const text of 'klm') sender.send(Buffer.from(text));
    expect([sender.queuedBytes, sender.dropped]).toEqual([10, 3]);
    expect(troubles.filter((text) => text.startsWith('full'))).toHaveLength(3);
    system.isRefusing = false;
    expect((await listener.until(10)).join('')).toBe('defghijklm');
  });

  test('that lasts is tried less and less often, and does not hold up the end', async () => {
    const system = refusing('ENETUNREACH');
    const { sender, trouble } = sendTo('udp://127.0.0.1:9', { retryMs: 3_600_000 });
    sender.send(Buffer.from('a'));
    sender.send(Buffer.from('b'));
    await trouble(/./);
    const { tries } = system;
    const started = performance.now();
    await expect.poll(() => system.tries, { timeout: 3000, interval: 5 }).toBe(tries + 2);
    // 250 and 500 ms; timers may be a millisecond early
    expect(performance.now() - started).toBeGreaterThan(700);
    await sender.close(20);
    // once more at once
    expect([system.tries, sender.dropped, sender.queuedBytes]).toEqual([tries + 3, 2, 0]);
  });
});

test('"nobody listens" to every try costs the datagram after the second', async () => {
  const system = refusing('ECONNREFUSED');
  const { sender } = sendTo('udp://127.0.0.1:9');
  for (let i = 0; i < 5; i++) sender.send(Buffer.from('x'));
  await sender.close();
  expect([system.tries, sender.sent, sender.dropped, sender.errors]).toEqual([10, 0, 5, 10]);
});

describe('names', () => {
  test('are looked up until they are known, while the oldest make room', async () => {
    const listener = await Listener.open();
    let isKnown = false;
    const resolve = async () => {
      if (isKnown) return [{ address: '127.0.0.1', family: 4 }];
      throw Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
    };
    const options = { resolve, maxQueueBytes: 3 };
    const { sender, trouble, troubles } = sendTo(`udp://collectd.example:${listener.port}`, options);
    for (const text of ['a', 'b', 'c', 'd', 'e']) sender.send(Buffer.from(text));
    expect(await trouble(/^un/)).toBe('unresolved: Address of "collectd.example" is not known: EAI_AGAIN');
    expect(troubles.slice(0, 2)).toEqual(Array(2).fill('full: The queue is full; the oldest datagrams are dropped'));
    expect([sender.dropped, sender.queuedBytes]).toEqual([2, 3]);
    // nobody waits for a peer to whom there is no way
    expect(sender.room()).toBeUndefined();
    isKnown = true;
    expect(await listener.until(3)).toEqual(['c', 'd', 'e']);
  });

  test('that move are followed', async () => {
    const first = await Listener.open('127.0.0.1');
    const second = await Listener.open('127.0.0.2', first.port);
    let address = '127.0.0.1';
    const resolve = async () => [{ address, family: 4 }];
    const { sender, troubles } = sendTo(`udp://collectd.example:${first.port}`, { resolve, resolveEveryMs: 5 });
    await insist(sender, first, 'one');
    address = '127.0.0.2';
    await insist(sender, second, 'two');
    expect(troubles).toEqual([]);
  });

  test('with several addresses: one that answers is kept, one that does not is left at once', async () => {
    const listener = await Listener.open('127.0.0.2');
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 }));
    let looks = 0;
    const resolve = async () => {
      looks++;
      // the order means nothing
      return looks % 2 === 0 ? addresses : [...addresses].reverse();
    };
    const options = { resolve, resolveEveryMs: 5, retryMs: 3_600_000 };
    const { sender, troubles } = sendTo(`udp://collectd.example:${listener.port}`, options);
    await insist(sender, listener, 'one');
    const before = troubles.length;
    expect(before).toBeGreaterThan(0);
    expect(troubles[0]).toMatch(/^refused: Nobody listens at udp:\/\/collectd\.example:\d+ \(127\.0\.0\.[13]\)/);
    const count = looks;
    for (let i = 0; looks < count + 4; i++) await insist(sender, listener, `more ${i}`);
    expect(troubles).toHaveLength(before);
  });
});

describe('multicast', () => {
  const found = (family: 'IPv4' | 'IPv6') =>
    Object.entries(networkInterfaces()).find(([, all]) =>
      all?.some((one) => one.family === family && !one.internal),
    )?.[0];
  const check = async (group: string, name: string) => {
    const isSix = group.includes(':');
    const address = networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')?.address as string;
    const listener = await Listener.open(group.startsWith('ff02') ? `${group}%${name}` : group);
    listener.socket.addMembership(group, isSix ? `::%${name}` : address);
    const url = `udp://${isSix ? `[${group}]` : group}:${listener.port}`;
    // not beyond this host
    const { sender, troubles } = sendTo(url, { interface: name, timeToLive: 0 });
    sender.send(Buffer.from('all'));
    expect(await listener.until(1)).toEqual(['all']);
    expect(troubles).toEqual([]);
  };

  test('an IPv4 group, on the loopback interface and on a real one', async () => {
    await check('239.192.74.66', 'lo');
    await check('239.192.74.66', found('IPv4') ?? 'lo');
  });

  const six = found('IPv6');
  test.skipIf(six === undefined)('an IPv6 group, and one of a link', async () => {
    await check('ff18::efc0:4a42', six as string);
    await check('ff02::4a42', six as string);
  });

  test('an interface that is not there is told of, and waited for', async () => {
    const { sender, trouble } = sendTo('udp://239.192.74.66:9', { interface: 'nosuch0', timeToLive: 0 });
    expect(await trouble(/./)).toMatch(
      /^failed: .*Interface "nosuch0" does not exist or has no address; there are "lo"/,
    );
    expect(sender.errors).toBeGreaterThan(0);
  });
});

describe('the queue', () => {
  test('a paced sender loses nothing at a receiver with a small buffer', async () => {
    // room for some 90 datagrams, and a reader that shares its thread with the sender
    const listener = await Listener.open('127.0.0.1', 0, 106_496);
    const { sender } = sendTo(`udp://127.0.0.1:${listener.port}`, { datagramsPerSecond: 5000 });
    const COUNT = 1500;
    const text = (i: number) => `${i}`.padEnd(1400);
    const started = performance.now();
    for (let i = 0; i < COUNT; i++) sender.send(Buffer.from(text(i)));
    expect(sender.room()).toBeUndefined();
    expect(sender.queuedBytes).toBeGreaterThan((COUNT - 100) * 1400);
    const all = await listener.until(text(COUNT - 1));
    expect(all).toHaveLength(COUNT);
    expect(all).toEqual(Array.from({ length: COUNT }, (_, i) => text(i)));
    // and was as slow as asked for, in all but the burst
    expect(performance.now() - started).toBeGreaterThan(((COUNT - 16) / 5000) * 1000 - 5);
  });

  test('one that would rather wait is told when half of it is free', async () => {
    const listener = await Listener.open();
    const options = { maxQueueBytes: 1000, datagramsPerSecond: 5000 };
    const { sender } = sendTo(`udp://127.0.0.1:${listener.port}`, options);
    await insist(sender, listener, 'first');
    const before = listener.texts.length;
    const COUNT = 300;
    for (let i = 0; i < COUNT; i++) {
      sender.send(Buffer.alloc(100, 'x'));
      await sender.room();
      expect(sender.queuedBytes).toBeLessThanOrEqual(500);
    }
    await listener.until(before + COUNT);
    expect(sender.dropped).toBe(0);
  });

  test('closing sends what waits, and gives up in time', async () => {
    const listener = await Listener.open();
    const { sender } = sendTo(`udp://127.0.0.1:${listener.port}`);
    for (let i = 0; i < 200; i++) sender.send(Buffer.from(`${i}`));
    await sender.close();
    expect([sender.sent, sender.dropped, sender.queuedBytes]).toEqual([200, 0, 0]);
    expect(await listener.until('199')).toHaveLength(200);
    sender.send(Buffer.from('late'));
    expect(sender.dropped).toBe(1);

    const away = sendTo('udp://collectd.example:9', { resolve: () => new Promise(() => {}) });
    for (let i = 0; i < 5; i++) away.sender.send(Buffer.from(`${i}`));
    await away.sender.close(10);
    expect([away.sender.sent, away.sender.dropped]).toEqual([0, 5]);
  });
});
