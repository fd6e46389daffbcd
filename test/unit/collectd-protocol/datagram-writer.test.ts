import { describe, expect, test } from 'vitest';
import { DatagramWriter, type DatagramWriterOptions } from '../../../shared/collectd-protocol/datagram-writer.ts';
import type { Security } from '../../../shared/collectd-protocol/seal.ts';
import { decrypt, isSigned } from '../../../shared/collectd-protocol/security.ts';
import type { WriteProblemReason } from '../../../shared/collectd-protocol/write-problem.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { readWire } from '../../support/collectd-wire.ts';
import { type Changes, derive, gauge, NOON, notification, valueList } from './value-lists.ts';

/** A writer and what it sent. */
function recorded(options: Partial<DatagramWriterOptions> = {}) {
  const datagrams: Buffer[] = [];
  const writer = new DatagramWriter({ onDatagram: (datagram) => datagrams.push(datagram), ...options });
  return { writer, datagrams };
}

/** The parts of a plain datagram: type and payload. */
function partsOf(datagram: Buffer): [type: number, payload: string][] {
  const parts: [number, string][] = [];
  for (let at = 0; at < datagram.length; at += datagram.readUInt16BE(at + 2))
    parts.push([datagram.readUInt16BE(at), datagram.toString('latin1', at + 4, at + datagram.readUInt16BE(at + 2))]);
  return parts;
}

const typesOf = (datagram: Buffer | undefined) => (datagram ? partsOf(datagram).map(([type]) => type) : []);

describe('value lists', () => {
  test('the first one says everything, an empty instance excepted', () => {
    const { writer, datagrams } = recorded();
    expect(writer.write(valueList())).toBeUndefined();
    expect(datagrams).toEqual([]);
    expect(writer.pendingBytes).toBe(11 + 12 + 12 + 7 + 9 + 10 + 15);
    writer.flush();
    expect(datagrams.map((datagram) => datagram.toString('hex'))).toEqual([
      '0000000b6e6f64652d6100' +
        `0008000c${NOON.toString(16).padStart(16, '0')}` +
        '0009000c0000000280000000' +
        '0002000764660000030009726f6f740000040' +
        '00a67617567650000060' +
        '00f000101000000000000f83f',
    ]);
    expect(writer.pendingBytes).toBe(0);
    writer.flush();
    expect(datagrams).toHaveLength(1);
  });

  test('what did not change is not said again, and an instance that became empty is', () => {
    const check = (second: Changes<ReturnType<typeof valueList>>, expected: number[]) => {
      const { writer, datagrams } = recorded();
      writer.write(valueList({ typeInstance: 'free' }));
      writer.write(valueList({ typeInstance: 'free', ...second }));
      writer.flush();
      expect(typesOf(datagrams[0])).toEqual([0, 8, 9, 2, 3, 4, 5, 6, ...expected, 6]);
    };
    check({}, []);
    check({ host: 'b' }, [0]);
    check({ time: NOON + 1n }, [8]);
    check({ interval: 0n }, [9]);
    check({ plugin: 'cpu' }, [2]);
    check({ pluginInstance: '' }, [3]);
    check({ type: 'derive' }, [4]);
    check({ typeInstance: '' }, [5]);
    check(
      { host: 'b', time: 1n, interval: 1n, plugin: 'x', pluginInstance: 'y', type: 'z', typeInstance: '1' },
      [0, 8, 9, 2, 3, 4, 5],
    );
  });

  test('every kind of value, at its ends', () => {
    const { writer, datagrams } = recorded();
    const check = (list: Parameters<typeof valueList>[0], expected: string[]) => {
      expect(writer.write(valueList(list))).toBeUndefined();
      writer.flush();
      expect(readWire(datagrams.at(-1) as Buffer)[0]?.values).toEqual(expected);
    };
    check({ values: [gauge(-0), gauge(Number.NaN), gauge(-Infinity)] }, [
      'gauge:8000000000000000',
      'gauge:7ff8000000000000',
      'gauge:fff0000000000000',
    ]);
    check({ values: [derive(-(2n ** 63n)), derive(2n ** 63n - 1n)] }, [
      'derive:8000000000000000',
      'derive:7fffffffffffffff',
    ]);
    check(
      {
        values: [
          { kind: 'counter', value: 2n ** 64n - 1n },
          { kind: 'absolute', value: 1n },
        ],
      },
      ['counter:ffffffffffffffff', 'absolute:0000000000000001'],
    );
  });

  test('texts of every length and any byte', () => {
    const { writer, datagrams } = recorded();
    for (let length = 1; length <= 127; length++) {
      const host = Buffer.from(Array.from({ length }, (_, i) => 255 - i)).toString('latin1');
      expect(writer.write({ ...valueList(), host: host as never })).toBeUndefined();
      writer.flush();
      expect(partsOf(datagrams.at(-1) as Buffer)[0]).toEqual([0, `${host}\0`]);
    }
  });
});

describe('packing', () => {
  const long = (n: number) => valueList({ typeInstance: `${n}`.padStart(100, 'x') });
  // 105 of the instance, 15 of the value
  const FIRST = 76 + 105;
  const NEXT = 120;

  test('a datagram is complete when the next list does not fit into MaxPacketSize less 106 bytes', () => {
    const { writer, datagrams } = recorded();
    const fitting = 1 + Math.floor((1452 - 106 - FIRST) / NEXT);
    for (let n = 0; n < fitting; n++) writer.write(long(n));
    expect(datagrams).toEqual([]);
    writer.write(long(99));
    expect(datagrams.map(({ length }) => length)).toEqual([FIRST + NEXT * (fitting - 1)]);
    // the next one says everything again
    writer.flush();
    expect(datagrams[1]).toHaveLength(FIRST);
  });

  test('a list that fills a datagram to the last byte stays in it', () => {
    // 918 bytes of parts; a longer host fills what whole values leave
    const count = 1 + Math.floor((918 - 76) / 9);
    const values = Array.from({ length: count }, (_, i) => gauge(i));
    const host = 'node-a'.padEnd(6 + ((918 - 76) % 9), 'a');
    const { writer, datagrams } = recorded({ packetBytes: 1024 });
    expect(writer.write(valueList({ values, host }))).toBeUndefined();
    expect(writer.pendingBytes).toBe(918);
    expect(writer.write(valueList({ values, host: `${host}a` }))?.reason).toBe('too_large');
    // and does not send what waits
    expect(datagrams).toEqual([]);
  });

  test('packet sizes of collectd, and no datagram that UDP cannot carry', () => {
    const check = (packetBytes: number, security: Security, longest: number) => {
      const { writer, datagrams } = recorded({ packetBytes, security });
      for (let n = 0; n < 6000; n++) writer.write(valueList({ typeInstance: `${n}`, values: [derive(1n)] }));
      const lengths = datagrams.map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
      expect(Math.max(...lengths)).toBeGreaterThan(longest - 40);
    };
    const password = Buffer.from('x');
    check(1024, { level: 'none' }, 1024 - 106);
    check(65_535, { level: 'none' }, 65_507 - 106);
    check(1452, { level: 'sign', user: toByteString('u'.repeat(70)), password }, 1452);
    check(65_535, { level: 'encrypt', user: toByteString('u'.repeat(64)), password }, 65_507);
    for (const packetBytes of [1023, 65_536, 1500.5, Number.NaN])
      expect(() => recorded({ packetBytes })).toThrow(/Packet size .* is not between 1024 and 65535/);
  });
});

describe('notifications', () => {
  test('leave at once, and alone', () => {
    const { writer, datagrams } = recorded();
    writer.write(valueList());
    expect(writer.writeNotification(notification({ typeInstance: 'free' }))).toBeUndefined();
    expect(datagrams).toHaveLength(1);
    expect(partsOf(datagrams[0] as Buffer).map(([type, text]) => [type, text.replaceAll('\0', '')])).toEqual([
      [0x0008, expect.any(String)],
      [0x0101, '\x02'],
      [0x0000, 'node-a'],
      [0x0002, 'df'],
      [0x0003, 'root'],
      [0x0004, 'gauge'],
      [0x0005, 'free'],
      [0x0100, 'Too much'],
    ]);
    // the values that wait are not disturbed
    writer.write(valueList());
    writer.flush();
    expect(typesOf(datagrams[1])).toEqual([0, 8, 9, 2, 3, 4, 6, 6]);
  });

  test('need no identifier, and may be as long as collectd allows', () => {
    const { writer, datagrams } = recorded({ packetBytes: 1024 });
    writer.writeNotification(notification({ host: '', plugin: '', pluginInstance: '', type: '', severity: 'failure' }));
    expect(typesOf(datagrams[0])).toEqual([0x0008, 0x0101, 0x0100]);
    const name = 'n'.repeat(127);
    const longest = notification({
      host: name,
      plugin: name,
      pluginInstance: name,
      type: name,
      typeInstance: name,
      message: 'm'.repeat(255),
    });
    expect(writer.writeNotification(longest)).toBeUndefined();
    expect(readWire(datagrams[1] as Buffer)[0]).toMatchObject({ message: longest.message, severity: 2 });
  });
});

describe('protection', () => {
  const user = toByteString('alice');
  const password = Buffer.from('secret');
  const plain = recorded();
  plain.writer.write(valueList());
  plain.writer.flush();
  const payload = plain.datagrams[0] as Buffer;

  test('signed', () => {
    const { writer, datagrams } = recorded({ security: { level: 'sign', user, password } });
    writer.write(valueList());
    writer.flush();
    const datagram = datagrams[0] as Buffer;
    expect(datagram.toString('latin1', 36, 41)).toBe('alice');
    expect(datagram.subarray(41)).toEqual(payload);
    expect(isSigned(password, user, datagram.subarray(4, 36), payload)).toBe(true);
  });

  test('encrypted, notifications too, and never twice the same', () => {
    const { writer, datagrams } = recorded({ security: { level: 'encrypt', user, password } });
    for (let i = 0; i < 2; i++) {
      writer.write(valueList());
      writer.flush();
      writer.writeNotification(notification());
    }
    const opened = datagrams.map((datagram) => decrypt(password, datagram.subarray(11, 27), datagram.subarray(27)));
    expect(opened[0]).toEqual(payload);
    expect(opened[2]).toEqual(payload);
    expect(typesOf(opened[1])).toContain(0x0100);
    expect(new Set(datagrams.map((datagram) => datagram.toString('latin1', 11, 27))).size).toBe(4);
  });

  test('what collectd would not take is refused at the start', () => {
    const check = (security: Security, wanted: RegExp) => expect(() => recorded({ security })).toThrow(wanted);
    const named = (length: number) => toByteString('u'.repeat(length));
    check({ level: 'sign', user: named(71), password }, /71 bytes is longer than the 70/);
    check({ level: 'encrypt', user: named(65), password }, /65 bytes is longer than the 64/);
    check({ level: 'sign', user: named(0), password }, /needs a user name/);
    check({ level: 'encrypt', user, password: Buffer.alloc(0) }, /needs a password/);
  });
});

describe('what cannot be written is said, and nothing of it is sent', () => {
  const { writer, datagrams } = recorded();

  test('value lists', () => {
    const check = (changes: Changes<ReturnType<typeof valueList>>, reason: WriteProblemReason, text: RegExp) => {
      const before = writer.pendingBytes;
      expect(writer.write(valueList(changes))).toEqual({ reason, message: expect.stringMatching(text) });
      expect(writer.pendingBytes).toBe(before);
      // the next list is not disturbed
      const { writer: other, datagrams: sent } = recorded();
      other.write(valueList());
      other.write(valueList(changes));
      other.write(valueList());
      other.flush();
      expect(sent.map(typesOf)).toEqual([[0, 8, 9, 2, 3, 4, 6, 6]]);
    };
    check({ host: '' }, 'empty_part', /^Value list "\/df-root\/gauge" has no host, no plugin or no type$/);
    check({ plugin: '' }, 'empty_part', /no plugin/);
    check({ type: '' }, 'empty_part', /no type/);
    for (const part of ['host', 'plugin', 'pluginInstance', 'type', 'typeInstance'] as const) {
      check({ [part]: 'x'.repeat(128) }, 'long_part', /127 bytes/);
      check({ [part]: 'a\0b' }, 'nul_byte', /NUL/);
      check({ [part]: `${'x'.repeat(50)}\0` }, 'nul_byte', /NUL/);
    }
    check({ values: [] }, 'no_values', /no values/);
    check({ time: 0n }, 'bad_time', /time/);
    check({ time: -1n }, 'bad_time', /time/);
    check({ time: 2n ** 64n }, 'bad_time', /time/);
    check({ interval: -1n }, 'bad_time', /interval/);
    check({ interval: 2n ** 64n }, 'bad_time', /interval/);
    check({ values: [derive(2n ** 63n)] }, 'bad_value', /range/);
    check({ values: [gauge(1), derive(-(2n ** 63n) - 1n)] }, 'bad_value', /range/);
    check({ values: [{ kind: 'counter', value: -1n }] }, 'bad_value', /range/);
    check({ values: [{ kind: 'absolute', value: 2n ** 64n }] }, 'bad_value', /range/);
    check({ values: Array.from({ length: 200 }, () => gauge(0)) }, 'too_large', /larger than a datagram/);
    check({ host: 'é"\n'.repeat(40), time: 0n }, 'long_part', /"é\\"\\n/);
    writer.flush();
    expect(datagrams).toEqual([]);
  });

  test('notifications', () => {
    const check = (changes: Changes<ReturnType<typeof notification>>, reason: WriteProblemReason, text: RegExp) => {
      const problem = writer.writeNotification(notification(changes));
      expect(problem).toEqual({ reason, message: expect.stringMatching(text) });
      expect(problem?.message).toMatch(/^Notification "/);
    };
    check({ message: '' }, 'empty_message', /no message/);
    check({ message: 'x'.repeat(256) }, 'long_message', /255 bytes/);
    check({ message: 'a\0b' }, 'nul_byte', /NUL/);
    check({ plugin: 'a\0b' }, 'nul_byte', /NUL/);
    check({ typeInstance: 'x'.repeat(128) }, 'long_part', /127/);
    check({ time: 0n }, 'bad_time', /time/);
    expect(datagrams).toEqual([]);
  });
});
