import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatagramWriter } from '../../../shared/collectd-protocol/datagram-writer.ts';
import { type DecodedDatagram, decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import type { Notification, Severity } from '../../../shared/collectd-protocol/notification.ts';
import type { Security } from '../../../shared/collectd-protocol/seal.ts';
import type { ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';

const USERS = { alice: 's3cr3t pass with spaces', bob: 'swordfish' } as const;
const passwords = new Map<string, Buffer>(Object.entries(USERS).map(([user, text]) => [user, Buffer.from(text)]));
const credentials = { passwordOf: (user: ByteString) => passwords.get(user) };

/** Datagrams that collectd 5.12 sent. */
function recorded(name: string): Buffer[] {
  const path = new URL(`../../fixtures/collectd/${name}.pcapless`, import.meta.url);
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n');
  return rows.map((row) => Buffer.from((JSON.parse(row) as { b64: string }).b64, 'base64'));
}

function securityOf(user: keyof typeof USERS, level: 'sign' | 'encrypt'): Security {
  return { level, user: toByteString(user), password: passwords.get(user) as Buffer };
}

/** The datagrams of all that these held, or of each of them alone. */
function rewritten(decoded: readonly DecodedDatagram[], security: Security, mode: 'together' | 'each'): Buffer[] {
  const datagrams: Buffer[] = [];
  const writer = new DatagramWriter({ onDatagram: (datagram) => datagrams.push(datagram), security });
  for (const { valueLists, notifications, problems } of decoded) {
    expect(problems).toEqual([]);
    for (const list of valueLists) expect(writer.write(list)).toBeUndefined();
    for (const notification of notifications) expect(writer.writeNotification(notification)).toBeUndefined();
    if (mode === 'each') writer.flush();
  }
  writer.flush();
  return datagrams;
}

const hex = (datagrams: readonly Buffer[]) => datagrams.map((datagram) => datagram.toString('hex'));

describe('what collectd sent is written as collectd wrote it', () => {
  test('values: where a datagram ends, too', () => {
    const sent = recorded('plain');
    const decoded = sent.map((datagram) => decodeDatagram(datagram));
    expect(hex(rewritten(decoded, { level: 'none' }, 'together'))).toEqual(hex(sent));
  });

  test('values, signed', () => {
    const sent = recorded('signed');
    const decoded = sent.map((datagram) => decodeDatagram(datagram, { credentials, securityLevel: 'sign' }));
    expect(hex(rewritten(decoded, securityOf('alice', 'sign'), 'together'))).toEqual(hex(sent));
  });

  test('notifications between values', () => {
    const sent = recorded('notification');
    const decoded = sent.map((datagram) => decodeDatagram(datagram));
    expect(decoded.filter(({ notifications }) => notifications.length > 0)).toHaveLength(54);
    expect(hex(rewritten(decoded, { level: 'none' }, 'each'))).toEqual(hex(sent));
    const signed = recorded('notification-signed');
    const verified = signed.map((datagram) => decodeDatagram(datagram, { credentials, securityLevel: 'sign' }));
    expect(hex(rewritten(verified, securityOf('alice', 'sign'), 'each'))).toEqual(hex(signed));
  });

  test('encrypted, where only the initialisation vector is random', () => {
    for (const name of ['encrypted', 'notification-encrypted']) {
      const sent = recorded(name);
      const options = { credentials, securityLevel: 'encrypt' } as const;
      const decoded = sent.map((datagram) => decodeDatagram(datagram, options));
      const again = rewritten(decoded, securityOf('bob', 'encrypt'), 'each');
      expect(again.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
      expect(again.map((datagram) => decodeDatagram(datagram, options))).toEqual(decoded);
    }
  });
});

const SECURITIES: Security[] = [{ level: 'none' }, securityOf('alice', 'sign'), securityOf('bob', 'encrypt')];

const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
const name = (minLength: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'b', ...(minLength === 0 ? [''] : [])) },
    { weight: 1, arbitrary: fc.string({ unit: byte, minLength, maxLength: 127 }) },
  ) as fc.Arbitrary<ByteString>;
const identifier = (minLength: number) => ({
  host: name(minLength),
  plugin: name(minLength),
  pluginInstance: name(0),
  type: name(minLength),
  typeInstance: name(0),
});
const unsigned = fc.oneof(fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n));
const signed = fc.oneof(
  fc.constantFrom(0n, -1n, -(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
);
const time = fc.oneof(fc.constantFrom(1n, 1_825_361_100_800_000_000n, 2n ** 64n - 1n), fc.bigInt(1n, 2n ** 64n - 1n));
const value = fc.oneof(
  fc.record({ kind: fc.constant('gauge'), value: fc.double() }),
  fc.record({ kind: fc.constant('derive'), value: signed }),
  fc.record({ kind: fc.constantFrom('counter', 'absolute'), value: unsigned }),
);
const valueList = fc.record({
  ...identifier(1),
  time,
  interval: unsigned,
  values: fc.array(value, { minLength: 1, maxLength: 6 }),
}) as fc.Arbitrary<ValueList>;
const notification = fc.record({
  ...identifier(0),
  time,
  severity: fc.constantFrom<Severity>('failure', 'warning', 'okay'),
  message: fc.string({ unit: byte, minLength: 1, maxLength: 255 }) as fc.Arbitrary<ByteString>,
  meta: fc.constant([]),
}) satisfies fc.Arbitrary<Notification>;
const packetBytes = fc.oneof(fc.constantFrom(1024, 1452, 65_535), fc.integer({ min: 1024, max: 65_535 }));

describe('laws', () => {
  test('decoding gives what was encoded, in its order, under every protection and packet size', () => {
    const anything = fc.array(fc.oneof({ weight: 5, arbitrary: valueList }, { weight: 1, arbitrary: notification }));
    fc.assert(
      fc.property(anything, packetBytes, fc.constantFrom(...SECURITIES), (all, size, security) => {
        const datagrams: Buffer[] = [];
        const writer = new DatagramWriter({ onDatagram: (sent) => datagrams.push(sent), packetBytes: size, security });
        const lists = all.filter((one) => 'values' in one);
        const notifications = all.filter((one) => 'message' in one);
        for (const one of all) {
          const problem = 'values' in one ? writer.write(one) : writer.writeNotification(one);
          expect(problem).toBeUndefined();
        }
        writer.flush();
        const user = security.level === 'none' ? undefined : security.user;
        const decoded = datagrams.map((sent) => decodeDatagram(sent, { credentials, securityLevel: security.level }));
        expect(decoded.flatMap(({ problems }) => problems)).toEqual([]);
        expect(decoded.flatMap(({ valueLists }) => valueLists)).toEqual(lists.map((one) => ({ ...one, user })));
        expect(decoded.flatMap(({ notifications: all }) => all)).toEqual(
          notifications.map((one) => ({ ...one, user })),
        );
        expect(Math.max(0, ...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(size);
      }),
      { numRuns: 300 },
    );
  });

  test('encoding what was decoded from any bytes and decoding it again gives the same', () => {
    const seeds = [...recorded('plain').slice(0, 8), ...recorded('notification').slice(0, 20), ...recorded('handmade')];
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 5 }), (seed, mutations) => {
        const bytes = Buffer.from(seed);
        for (const [at, replacement] of mutations) bytes[at % bytes.length] = replacement;
        const { valueLists, notifications } = decodeDatagram(bytes);
        const datagrams: Buffer[] = [];
        const writer = new DatagramWriter({ onDatagram: (sent) => datagrams.push(sent), packetBytes: 65_535 });
        for (const list of valueLists) expect(writer.write(list)).toBeUndefined();
        for (const one of notifications) expect(writer.writeNotification(one)).toBeUndefined();
        writer.flush();
        const again = datagrams.map((sent) => decodeDatagram(sent));
        expect(again.flatMap((one) => one.valueLists)).toEqual(valueLists);
        expect(again.flatMap((one) => one.notifications)).toEqual(notifications);
      }),
      { numRuns: 500 },
    );
  });
});
