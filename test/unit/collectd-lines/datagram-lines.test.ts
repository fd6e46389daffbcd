import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatagramLines, type DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import type { DecodeCounts } from '../../../shared/collectd-lines/decode-counts.ts';
import { NAMINGS } from '../../../shared/collectd-lines/naming.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { findErrors } from '../../../shared/line-protocol/parse.ts';
import {
  CONTEXT,
  concat,
  credentials,
  encrypted,
  gauge,
  number,
  part,
  signed,
  TIME,
  TIME_NS,
  text,
  values,
} from '../collectd-protocol/handmade-parts.ts';

const TYPES = `t value:GAUGE:U:U
two rx:DERIVE:0:U, tx:DERIVE:0:U
timed interval:GAUGE:U:U
odd a=b:GAUGE:U:U #x:GAUGE:U:U
`;
const dataSets = parseTypesDb([{ name: 'types.db', bytes: Buffer.from(TYPES) }]).types;

/** The lines of one datagram, without the time that they all have. */
function linesOf(datagram: Uint8Array, options: DatagramLinesOptions = { dataSets }): string[] {
  const lines = new DatagramLines(options);
  lines.decode(datagram);
  const text = Buffer.from(lines.take()).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(` ${TIME_NS}`, ''));
}

/** What was counted besides datagrams. */
function counted(datagram: Uint8Array, options: DatagramLinesOptions = { dataSets }): Partial<DecodeCounts> {
  const lines = new DatagramLines(options);
  lines.decode(datagram);
  return Object.fromEntries(Object.entries(lines.counts).filter(([name, count]) => name !== 'datagrams' && count > 0));
}

const two = (rx: bigint, tx: bigint) => concat(text('type', 'two'), values(['derive', rx], ['derive', tx]));
const INSTANCES = concat(CONTEXT, text('pluginInstance', 'pi'), text('typeInstance', 'ti'));

describe('namings', () => {
  const datagram = concat(INSTANCES, gauge(1.25), two(3n, 9_007_199_254_740_993n));

  test('crosslayer', () => {
    expect(linesOf(datagram)).toEqual([
      'collectd_p,host=h,plugin_instance=pi,type=t,type_instance=ti value=1.25',
      'collectd_p,host=h,plugin_instance=pi,type=two,type_instance=ti rx=3i,tx=9007199254740993i',
    ]);
  });

  test('telegraf_split', () => {
    const lines = [
      'p_value,host=h,instance=pi,type=t,type_instance=ti value=1.25',
      'p_rx,host=h,instance=pi,type=two,type_instance=ti value=3',
    ];
    const last = 'p_tx,host=h,instance=pi,type=two,type_instance=ti value=';
    expect(linesOf(datagram, { dataSets, naming: 'telegraf_split' })).toEqual([...lines, `${last}9007199254740992`]);
    const exact = linesOf(datagram, { dataSets, naming: 'telegraf_split', numbers: 'exact' });
    expect(exact[2]).toBe(`${last}9007199254740993i`);
  });

  test('telegraf_join', () => {
    expect(linesOf(datagram, { dataSets, naming: 'telegraf_join' })).toEqual([
      'p,host=h,instance=pi,type=t,type_instance=ti value=1.25',
      'p,host=h,instance=pi,type=two,type_instance=ti rx=3,tx=9007199254740992',
    ]);
  });

  test('write_influxdb_udp', () => {
    expect(linesOf(datagram, { dataSets, naming: 'write_influxdb_udp' })).toEqual([
      'p,host=h,instance=pi,type=t,type_instance=ti value=1.250000',
      'p,host=h,instance=pi,type=two,type_instance=ti rx=3i,tx=9007199254740993i',
    ]);
  });

  test('empty instances are no tags', () => {
    expect(linesOf(concat(CONTEXT, gauge(1)))).toEqual(['collectd_p,host=h,type=t value=1']);
  });

  test('another prefix, or none', () => {
    expect(linesOf(concat(CONTEXT, gauge(1)), { prefix: toByteString('my c ') })).toEqual([
      'my\\ c\\ p,host=h,type=t value=1',
    ]);
    expect(linesOf(concat(CONTEXT, gauge(1)), { prefix: toByteString('') })).toEqual(['p,host=h,type=t value=1']);
    expect(() => new DatagramLines({ prefix: toByteString('#') })).toThrow(RangeError);
    const long = 'x'.repeat(5000);
    expect(linesOf(concat(CONTEXT, gauge(1)), { prefix: toByteString(long) })).toEqual([
      `${long}p,host=h,type=t value=1`,
    ]);
  });
});

describe('a part that changes changes its tag only', () => {
  test('in every order', () => {
    const names = ['host', 'plugin', 'pluginInstance', 'type', 'typeInstance'] as const;
    const change = fc.tuple(fc.constantFrom(...names), fc.constantFrom('', 'a', 'bb', 'a longer name', 'C,=\\', '#'));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.constantFrom(...NAMINGS), (changes, naming) => {
        const fields = new Map<string, string>([
          ['host', 'h'],
          ['plugin', 'p'],
          ['type', 't'],
        ]);
        const parts: Buffer[] = [CONTEXT];
        const expected: string[] = [];
        for (const [name, value] of changes) {
          fields.set(name, value);
          parts.push(text(name, value), gauge(1));
          // the same fields in a datagram of their own
          const all = names.map((key) => text(key, fields.get(key) ?? ''));
          expected.push(...linesOf(concat(number('timeHr', TIME), ...all, gauge(1)), { dataSets, naming }));
        }
        expect(linesOf(concat(...parts), { dataSets, naming })).toEqual(expected);
      }),
    );
  });
});

describe('numbers', () => {
  const datagram = concat(
    CONTEXT,
    values(['counter', 2n ** 64n - 1n], ['absolute', 2n ** 63n], ['derive', -(2n ** 63n)], ['gauge', -0]),
  );

  test('exact', () => {
    expect(linesOf(datagram, {})).toEqual([
      'collectd_p,host=h,type=t 0=18446744073709551615u,1=9223372036854775808u,2=-9223372036854775808i,3=-0',
    ]);
  });

  test('for stores that refuse unsigned integers', () => {
    const options = { unsigned: 'i' } as const;
    expect(linesOf(datagram, options)).toEqual([
      'collectd_p,host=h,type=t 0=9223372036854775807i,1=9223372036854775807i,2=-9223372036854775808i,3=-0',
    ]);
    expect(counted(datagram, options)).toEqual({ valueLists: 1, values: 4, clamped: 2 });
    const fitting = concat(CONTEXT, values(['counter', 2n ** 63n - 1n]));
    expect(linesOf(fitting, options)).toEqual(['collectd_p,host=h,type=t value=9223372036854775807i']);
    expect(counted(fitting, options)).toEqual({ valueLists: 1, values: 1 });
  });

  test('as Telegraf has them', () => {
    expect(linesOf(datagram, { naming: 'telegraf_join' })).toEqual([
      'p,host=h,type=t 0=18446744073709552000,1=9223372036854776000,2=-9223372036854776000,3=-0',
    ]);
  });

  test('NaN and infinities are left out', () => {
    const some = concat(CONTEXT, values(['gauge', Number.NaN], ['gauge', 2], ['gauge', Number.NEGATIVE_INFINITY]));
    expect(linesOf(some, {})).toEqual(['collectd_p,host=h,type=t 1=2']);
    expect(counted(some, {})).toEqual({ valueLists: 1, values: 1, not_finite: 2 });
    expect(linesOf(some, { naming: 'telegraf_split' })).toEqual(['p_1,host=h,type=t value=2']);
    const none = concat(CONTEXT, gauge(Number.NaN), gauge(3));
    for (const naming of NAMINGS) {
      expect(linesOf(none, { naming })).toHaveLength(1);
      expect(counted(none, { naming })).toEqual({ valueLists: 1, values: 1, not_finite: 1, without_fields: 1 });
    }
  });
});

describe('names of values', () => {
  test('without types.db: value, or 0, 1, …', () => {
    const datagram = concat(CONTEXT, gauge(1), two(1n, 2n));
    expect(linesOf(datagram, {})).toEqual(['collectd_p,host=h,type=t value=1', 'collectd_p,host=h,type=two 0=1i,1=2i']);
    expect(linesOf(datagram, { naming: 'telegraf_split' })).toEqual([
      'p_value,host=h,type=t value=1',
      'p_0,host=h,type=two value=1',
      'p_1,host=h,type=two value=2',
    ]);
    expect(counted(datagram, {})).toEqual({ valueLists: 2, values: 3 });
  });

  test('of an unknown type, or another number of values', () => {
    const unknown = concat(CONTEXT, text('type', 'new'), values(['derive', 1n], ['derive', 2n]));
    expect(linesOf(unknown)).toEqual(['collectd_p,host=h,type=new 0=1i,1=2i']);
    expect(counted(unknown)).toEqual({ valueLists: 1, values: 2, unknown_type: 1 });
    const more = concat(
      CONTEXT,
      text('type', 'two'),
      values(['derive', 1n], ['derive', 2n], ['derive', 3n]),
      values(['derive', 4n]),
    );
    expect(linesOf(more)).toEqual(['collectd_p,host=h,type=two 0=1i,1=2i,2=3i', 'collectd_p,host=h,type=two value=4i']);
    expect(counted(more)).toEqual({ valueLists: 2, values: 4, other_value_count: 2 });
  });

  test('that need escaping', () => {
    const datagram = concat(CONTEXT, text('type', 'odd'), values(['gauge', 1], ['gauge', 2]));
    expect(linesOf(datagram)).toEqual(['collectd_p,host=h,type=odd a\\=b=1,#x=2']);
    expect(linesOf(datagram, { dataSets, naming: 'telegraf_split' })).toEqual([
      'p_a=b,host=h,type=odd value=1',
      'p_#x,host=h,type=odd value=2',
    ]);
  });

  test('by other data sets, while it runs', () => {
    const lines = new DatagramLines({ dataSets });
    const datagram = concat(CONTEXT, two(1n, 2n));
    lines.nameBy(parseTypesDb([{ name: 'types.db', bytes: Buffer.from('two in:DERIVE:0:U out:DERIVE:0:U\n') }]).types);
    lines.decode(datagram);
    lines.nameBy(undefined);
    lines.decode(datagram);
    expect(Buffer.from(lines.take()).toString()).toMatch(/in=1i,out=2i.*\n.*0=1i,1=2i/);
  });

  test('of many types', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `type${i}`);
    const text0 = names.map((name) => `${name} of_${name}:GAUGE:U:U\n`).join('');
    const { types } = parseTypesDb([{ name: 'types.db', bytes: Buffer.from(text0) }]);
    const lines = new DatagramLines({ dataSets: types });
    for (const round of [0, 1]) {
      for (const name of names) {
        lines.decode(concat(CONTEXT, text('type', name), gauge(round)));
        expect(Buffer.from(lines.take()).toString()).toContain(`type=${name} of_${name}=${round}`);
      }
    }
  });
});

describe('interval', () => {
  const datagram = concat(
    CONTEXT,
    gauge(1),
    number('intervalHr', 3n << 29n),
    two(1n, 2n),
    number('interval', 0n),
    gauge(2),
  );

  test('as a field', () => {
    expect(linesOf(datagram, { dataSets, interval: 'field' })).toEqual([
      'collectd_p,host=h,type=t value=1,interval=10',
      'collectd_p,host=h,type=two rx=1i,tx=2i,interval=1.5',
      'collectd_p,host=h,type=two value=2',
    ]);
    expect(linesOf(concat(CONTEXT, two(1n, 2n)), { dataSets, interval: 'field', naming: 'telegraf_split' })).toEqual([
      'p_rx,host=h,type=two value=1,interval=10',
      'p_tx,host=h,type=two value=2,interval=10',
    ]);
  });

  test('as a tag', () => {
    expect(linesOf(datagram, { dataSets, interval: 'tag' })).toEqual([
      'collectd_p,host=h,type=t,interval=10 value=1',
      'collectd_p,host=h,type=two,interval=1.5 rx=1i,tx=2i',
      'collectd_p,host=h,type=two value=2',
    ]);
  });

  test('a value of that name has the field', () => {
    expect(linesOf(concat(CONTEXT, text('type', 'timed'), gauge(7)), { dataSets, interval: 'field' })).toEqual([
      'collectd_p,host=h,type=timed interval=7',
    ]);
  });

  test('of the datagram before is forgotten', () => {
    const lines = new DatagramLines({ interval: 'field' });
    lines.decode(concat(CONTEXT, gauge(1)));
    lines.decode(concat(number('timeHr', TIME), text('host', 'h'), text('plugin', 'p'), text('type', 't'), gauge(2)));
    expect(Buffer.from(lines.take()).toString()).toMatch(/value=1,interval=10 .*\n.* value=2 /);
  });
});

describe('what cannot stand in a line', () => {
  test('is escaped, or left out and counted', () => {
    const odd = (type: Parameters<typeof text>[0], content: string) => concat(CONTEXT, text(type, content), gauge(1));
    const check = (datagram: Buffer, expected: string, cleaned: number) => {
      expect(linesOf(datagram, {})).toEqual([`${expected} value=1`]);
      expect(counted(datagram, {}).cleaned ?? 0).toBe(cleaned);
    };
    check(odd('host', 'a b,c=d'), 'collectd_p,host=a\\ b\\,c\\=d,type=t', 0);
    check(odd('plugin', 'a b,c=d'), 'collectd_a\\ b\\,c=d,host=h,type=t', 0);
    check(odd('type', 'x\ny'), 'collectd_p,host=h,type=xy', 1);
    check(odd('typeInstance', 'C:\\'), 'collectd_p,host=h,type=t,type_instance=C:', 1);
    check(odd('pluginInstance', '\x01\x02'), 'collectd_p,host=h,type=t', 1);
    check(odd('type', '\x01'), 'collectd_p,host=h', 1);
    check(odd('host', '\xc3\xbc'), 'collectd_p,host=ü,type=t', 0);
    check(odd('host', 'a\xffb'), 'collectd_p,host=ab,type=t', 1);
    check(odd('host', 'a/b'), 'collectd_p,host=a/b,type=t', 0);
    check(odd('plugin', 'a\0b'), 'collectd_a,host=h,type=t', 0);
    check(odd('plugin', '\x01'), 'collectd_,host=h,type=t', 1);
  });

  test('without a prefix, a plugin that leaves no measurement is left out', () => {
    const options = { naming: 'telegraf_join' } as const;
    expect(linesOf(concat(CONTEXT, text('plugin', '#p'), gauge(1)), options)).toEqual(['p,host=h,type=t value=1']);
    const nameless = concat(CONTEXT, text('plugin', '\x01'), gauge(1), text('plugin', 'q'), gauge(2));
    expect(linesOf(nameless, options)).toEqual(['q,host=h,type=t value=2']);
    expect(counted(nameless, options)).toEqual({ valueLists: 1, values: 1, cleaned: 1, without_measurement: 1 });
  });

  test('a time beyond 2262', () => {
    const late = concat(
      CONTEXT,
      number('timeHr', 2n ** 63n - 1n + 2n ** 62n),
      gauge(1),
      number('severity', 1n),
      text('message', 'm'),
    );
    for (const naming of NAMINGS) {
      expect(linesOf(late, { naming })).toEqual([]);
      expect(counted(late, { naming })).toEqual({ bad_time: 2 });
    }
  });

  test('every line can be read, whatever the names', () => {
    const name = fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\0', ''));
    const odd = fc
      .constantFrom('\\', ',', '=', ' ', '"', '#', '\n', '\xff', 'ü', 'a')
      .chain((a) => fc.constantFrom(`${a}x`, `x${a}`, `${a}\\"${a}`, `\\${a}`));
    const any = fc.oneof(name, odd);
    fc.assert(
      fc.property(
        fc.tuple(any, any, any, any, any),
        fc.constantFrom(...NAMINGS),
        ([host, plugin, pi, type, ti], naming) => {
          const names = concat(
            text('host', host),
            text('plugin', plugin),
            text('pluginInstance', pi),
            text('type', type),
            text('typeInstance', ti),
          );
          const lines = new DatagramLines({ naming });
          lines.decode(concat(CONTEXT, names, gauge(1), number('severity', 1n), text('message', host)));
          const written = lines.take();
          expect(findErrors(written)).toEqual([]);
          const {
            valueLists,
            notifications,
            no_host,
            no_plugin,
            no_type,
            without_measurement,
            notification_without_message,
          } = lines.counts;
          expect(valueLists + no_host + no_plugin + no_type + without_measurement).toBe(1);
          expect(notifications + notification_without_message).toBe(1);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('limits', () => {
  test('lines that nobody takes are left out when there are too many', () => {
    const lines = new DatagramLines({ maxBytes: 1000 });
    for (let i = 0; i < 100; i++) lines.decode(concat(CONTEXT, gauge(i)));
    const written = lines.counts.valueLists;
    expect(lines.size).toBeLessThanOrEqual(1000);
    expect(lines.counts.no_room).toBe(100 - written);
    expect(written).toBeGreaterThan(10);
    const taken = Buffer.from(lines.take()).toString();
    expect(taken.split('\n')).toHaveLength(written + 1);
    expect(lines.size).toBe(0);
    lines.decode(concat(CONTEXT, gauge(1), number('severity', 1n), text('message', 'm')));
    expect(lines.counts.valueLists).toBe(written + 1);
    expect(lines.counts.notifications).toBe(1);
  });

  test('the longest lines that a datagram can make fit', () => {
    const parts = ['host', 'plugin', 'pluginInstance', 'type', 'typeInstance'] as const;
    const longest = parts.map((name) => text(name, ','.repeat(127)));
    // no reader of ours takes more fields
    const count = 4096;
    const many = values(...Array.from({ length: count }, () => ['gauge', -1.0150681953994823e-6] as const));
    for (const naming of NAMINGS) {
      const lines = new DatagramLines({ naming, interval: 'tag' });
      lines.decode(concat(CONTEXT, ...longest, many));
      const written = lines.take();
      expect(lines.counts).toMatchObject({ valueLists: 1, values: count });
      expect(findErrors(written)).toEqual([]);
    }
  });

  test('memory grows while lines wait, and they stay as they are', () => {
    const lines = new DatagramLines();
    let expected = '';
    for (let i = 0; i < 5000; i++) {
      lines.decode(concat(CONTEXT, gauge(i)));
      expected += `collectd_p,host=h,type=t value=${i} ${TIME_NS}\n`;
    }
    expect(Buffer.from(lines.take()).toString()).toBe(expected);
  });
});

describe('what is told', () => {
  test('refusals, with who claims it', () => {
    const told: unknown[] = [];
    const events = {
      refused: (refusal: string, { claimedUser }: { claimedUser: unknown }, at: number) =>
        told.push([refusal, claimedUser, at]),
    };
    const lines = new DatagramLines({ credentials, events });
    lines.decode(signed('mallory', CONTEXT, Buffer.from('x')));
    lines.decode(encrypted('bob', CONTEXT, Buffer.from('x')));
    lines.decode(concat(CONTEXT, part(0x99), Buffer.from([0])));
    expect(told).toEqual([
      ['unknown_user', 'mallory', 0],
      ['wrong_checksum', 'bob', 0],
      ['truncated', undefined, CONTEXT.length + 4],
    ]);
    expect(lines.counts).toMatchObject({ datagrams: 3, unknown_user: 1, wrong_checksum: 1, truncated: 1 });
  });

  test('notices, with the value list', () => {
    const told: unknown[] = [];
    const events = {
      noticed: (
        notice: string,
        reader: { text(start: number, end: number): string; typeAt: number; typeEnd: number },
      ) => told.push([notice, reader.text(reader.typeAt, reader.typeEnd)]),
    };
    const lines = new DatagramLines({ dataSets, events });
    lines.decode(concat(CONTEXT, text('type', 'new'), gauge(1), gauge(Number.NaN)));
    expect(told).toEqual([
      ['unknown_type', 'new'],
      ['unknown_type', 'new'],
      ['not_finite', 'new'],
      ['without_fields', 'new'],
    ]);
  });

  test('what is not accepted is left out, and the next is as it should be', () => {
    const accepts = (reader: { text(start: number, end: number): string; hostAt: number; hostEnd: number }) =>
      reader.text(reader.hostAt, reader.hostEnd) !== 'x';
    const datagram = concat(
      ...[
        CONTEXT,
        gauge(1),
        text('host', 'x'),
        text('typeInstance', 'i'),
        gauge(2),
        number('severity', 1n),
        text('message', 'm'),
      ],
      ...[text('host', 'y'), gauge(3)],
    );
    expect(linesOf(datagram, { accepts })).toEqual([
      'collectd_p,host=h,type=t value=1',
      'collectd_p,host=y,type=t,type_instance=i value=3',
    ]);
    expect(counted(datagram, { accepts })).toEqual({ valueLists: 2, values: 2, not_accepted: 2 });
  });

  test('signatures that nobody verifies', () => {
    const lines = new DatagramLines();
    lines.decode(signed('alice', concat(CONTEXT, gauge(1))));
    expect(lines.unverified).toBe(1);
    expect(lines.counts.valueLists).toBe(1);
  });
});
