import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import { DatagramWriter } from '../../../shared/collectd-protocol/datagram-writer.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { crosslayer } from '../../support/crosslayer.ts';
import { derive, valueList } from '../../unit/collectd-protocol/value-lists.ts';
import { decoded, FIXTURES, recorded, TYPES, collectdInTest as test } from './collectd-in.ts';

const AUTH = `auth_file = "${FIXTURES}/auth"`;
const LEVELS = ['none', 'sign', 'encrypt'];

describe('datagrams of a real collectd', () => {
  test.for(['plain', 'signed', 'encrypted', 'notification', 'notification-signed', 'notification-encrypted'])(
    '%s: what comes over the network gives the lines of --decode, at every level that it reaches',
    async (name, { collectdIn, senderTo, start, file }) => {
      const least = name.replace('notification-', '').replace('notification', 'plain');
      const level = LEVELS[['plain', 'signed', 'encrypted'].indexOf(least)];
      const options = `${TYPES}\n${AUTH}\nsecurity_level = "${level}"`;
      const config = file('decode.conf', `[[inputs.collectd_in]]\n${options}\n`);
      const expected = await decoded(start, config, `${FIXTURES}/${name}.pcapless`);
      expect(expected.stdout.lines.length).toBeGreaterThan(40);
      expect((await expected.exited).code).toBe(0);

      const host = await collectdIn(options, { encoding: 'latin1' });
      const sender = senderTo(host);
      for (const datagram of recorded(name)) await sender.send(datagram);
      await host.stdout.atLeast(expected.stdout.lines.length);
      host.signal('SIGTERM');
      expect(await host.finished).toEqual({ code: 0, signal: null });
      expect(host.stdout.raw).toBe(expected.stdout.raw);
    },
  );

  test('each is on stdout before the next comes', async ({ collectdIn, senderTo }) => {
    const host = await collectdIn();
    const sender = senderTo(host);
    for (const datagram of recorded('notification').slice(0, 20)) {
      const before = host.stdout.count;
      await sender.send(datagram);
      await host.stdout.atLeast(before + 1);
    }
  });

  test('a refusal names sender, place and user, never a password, and a flood of them is one line', async ({
    collectdIn,
    senderTo,
    file,
  }) => {
    const passwords = file('auth', 'alice: another secret\n');
    const host = await collectdIn(`${TYPES}\nauth_file = "${passwords}"`);
    const sender = senderTo(host);
    const [signed, encrypted, plain] = [recorded('signed'), recorded('encrypted'), recorded('plain')];
    for (let n = 0; n < 50; n++) {
      await sender.send(signed[n % signed.length] as Buffer);
      await sender.send(encrypted[n % encrypted.length] as Buffer);
      await sender.send(Buffer.from(`no datagram ${n}`));
    }
    await sender.send(plain[0] as Buffer);
    await host.stdout.atLeast(1);
    const before = host.stderr.lines.filter((line) => line.startsWith('W!'));
    host.signal('SIGTERM');
    await host.finished;
    const warnings = before.filter((line) => !line.includes('is open to every user'));
    expect(warnings).toEqual([
      expect.stringMatching(/Signature does not match.*user "alice".*datagram of 127\.0\.0\.1 port \d+, byte 0$/),
      expect.stringMatching(/User is not in the AuthFile \(user "bob"\); datagram of 127\.0\.0\.1 port \d+, byte 0$/),
      expect.stringMatching(/Part is cut off.*datagram of 127\.0\.0\.1/),
    ]);
    expect(host.stderr.text).toMatch(/\(and \d+ more in the last \d+ s\)/);
    expect(host.stderr.text).not.toContain('secret');
  });
});

test('a start with no user at all says that everything will be refused', async ({ collectdIn, file }) => {
  for (const [text, level, expected] of [
    ['', 'sign', 1],
    ['', 'encrypt', 1],
    ['', 'none', 0],
    ['alice: x\n', 'sign', 0],
  ] as const) {
    const host = await collectdIn(`${TYPES}\nauth_file = "${file('auth', text)}"\nsecurity_level = "${level}"`);
    const errors = host.stderr.lines.filter((line) => line.startsWith('E!'));
    expect(errors, `${text} ${level}`).toHaveLength(expected);
    if (expected > 0)
      expect(errors[0]).toMatch(/No user is known from auth_file ".*auth", and security_level is "\w+"/);
    host.signal('SIGTERM');
    await host.finished;
  }
});

test('replay_window: a datagram that came before is refused, and told with its user', async ({
  collectdIn,
  senderTo,
  file,
}) => {
  const auth = `auth_file = "${file('auth', 'alice: secret\n')}"`;
  const host = await collectdIn(`types_db = []\n${auth}\nreplay_window = "10s"`);
  const sender = senderTo(host);
  const sealed = (n: bigint) => {
    const datagrams: Buffer[] = [];
    const writer = new DatagramWriter({
      onDatagram: (datagram) => datagrams.push(Buffer.from(datagram)),
      security: { level: 'sign', user: toByteString('alice'), password: Buffer.from('secret') },
    });
    const time = cdtimeOfNs(BigInt(Date.now()) * 1_000_000n) + n;
    writer.write(valueList({ time, values: [derive(n)] }));
    writer.flush();
    return datagrams[0] as Buffer;
  };
  const first = sealed(1n);
  for (const datagram of [first, first, sealed(2n), first]) await sender.send(datagram);
  await host.stdout.atLeast(2);
  await host.stderr.line(/came before.*user "alice"/);
  host.signal('SIGTERM');
  await host.finished;
  expect(host.stdout.lines.map((line) => / value=(\d)i /.exec(line)?.[1])).toEqual(['1', '2']);
});

describe('the socket', () => {
  test('a port that another has is one line and status 1', async ({ start, file }) => {
    const other = createSocket('udp4').bind(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    const config = file('collectd-in.conf', `[[inputs.collectd_in]]\nlisten = ["udp://127.0.0.1:${port}"]\n`);
    const host = start({ command: crosslayer('collectd-in', '--config', config, '--host', 'telegraf', '--quiet') });
    expect(await host.finished).toEqual({ code: 1, signal: null });
    other.close();
    expect(host.stderr.lines).toEqual([
      expect.stringMatching(new RegExp(`^E! Cannot listen at udp://127.0.0.1:${port}: another program has this port`)),
    ]);
  });

  test('one of two ports that another has, or a stage that cannot start, ends the process all the same', async ({
    start,
    file,
  }) => {
    const other = createSocket('udp4').bind(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = `"udp://127.0.0.1:${other.address().port}"`;
    const check = async (config: string, status: number, expected: string) => {
      const host = start({ command: crosslayer('chain', '--config', file('chain.conf', config), '--host', 'pipe') });
      expect(await host.finished).toEqual({ code: status, signal: null });
      expect(host.stderr.text).toContain(expected);
    };
    await check(
      `[[inputs.collectd_in]]\nlisten = ["udp://127.0.0.1:0", ${taken}]\n`,
      1,
      'another program has this port',
    );
    other.close();
    const context = '[[processors.surrogate_context]]\ncontext_file = "/nonexistent"\n';
    await check(`[[inputs.collectd_in]]\nlisten = ["udp://127.0.0.1:0"]\n${context}`, 2, '/nonexistent');
  });

  test('what cannot be an address is told with its line', async ({ start, file }) => {
    const config = file(
      'collectd-in.conf',
      '[[inputs.collectd_in]]\nlisten = ["udp://[::1]:0",\n  "127.0.0.1:25826", "udp://x:y"]\nsecurity_level = "sign"\nprefix = "\\\\"\n',
    );
    const host = start({ command: crosslayer('collectd-in', '--config', config, '--host', 'telegraf') });
    expect(await host.finished).toEqual({ code: 2, signal: null });
    expect(host.stderr.lines.map((line) => line.replace(/^.*collectd-in\.conf/, ''))).toEqual([
      expect.stringMatching(/^:3: .*"127\.0\.0\.1:25826" does not begin with "udp:\/\/"/),
      expect.stringMatching(/^:3: .*"udp:\/\/x:y" has no port between 0 and 65535/),
      expect.stringMatching(/^:4: .*"sign" needs "auth_file"/),
      expect.stringMatching(/^:5: .*Prefix .* cannot begin a measurement/),
    ]);
  });

  test('several addresses, also of IPv6, give their datagrams to one stream', async ({ start, file }) => {
    const config = file(
      'collectd-in.conf',
      `[[inputs.collectd_in]]\nlisten = ["udp://127.0.0.1:0", "udp://[::1]:0"]\n${TYPES}\n`,
    );
    const host = start({ command: crosslayer('collectd-in', '--config', config, '--host', 'pipe') });
    await host.stderr.line('Listening at udp://[::1]');
    const [first = Buffer.alloc(0)] = recorded('plain');
    for (const [type, address] of [
      ['udp4', '127.0.0.1'],
      ['udp6', '::1'],
    ] as const) {
      const [, port] = new RegExp(`Listening at udp://\\[?${address}\\]?:(\\d+)`).exec(host.stderr.text) ?? [];
      const socket = createSocket(type);
      const before = host.stdout.count;
      socket.send(first, Number(port), address);
      await host.stdout.atLeast(before + 1);
      socket.close();
    }
  });
});

describe('a reader that is behind', () => {
  test('datagrams wait up to the limit, are dropped and counted beyond it, and go on when it reads again', async ({
    collectdIn,
    senderTo,
  }) => {
    const host = await collectdIn(`${TYPES}\nmax_waiting = "64KiB"`, { reading: 'never' });
    const sender = senderTo(host);
    const [datagram = Buffer.alloc(0)] = recorded('plain');
    // some 60 fill pipe and memory of the lines, 35 wait
    for (let n = 0; n < 2000; n++) await sender.send(datagram);
    const warning = await host.stderr.line('datagrams are dropped');
    expect(warning).toContain('The reader of the lines is behind');
    host.reader.start();
    await host.stdout.atLeast(100);
    const before = host.stdout.count;
    await sender.send(datagram);
    await host.stdout.atLeast(before + 1);
    host.signal('SIGTERM');
    expect(await host.finished).toEqual({ code: 0, signal: null });
  });

  test('at SIGTERM what waits is delivered to a reader that goes on', async ({ collectdIn, senderTo }) => {
    const host = await collectdIn(TYPES, { reading: 'never' });
    const sender = senderTo(host);
    const datagrams = recorded('plain');
    for (let n = 0; n < 300; n++) {
      await sender.send(datagrams[n % datagrams.length] as Buffer);
    }
    host.signal('SIGTERM');
    host.reader.start();
    expect(await host.finished).toEqual({ code: 0, signal: null });
    // 2,695 value lists in 100 datagrams, of which those with NaN only give no line
    const lines = host.stdout.count;
    expect(lines % 3).toBe(0);
    expect(lines).toBeGreaterThan(3 * 2500);
  });
});
