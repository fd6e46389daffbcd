import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetaData } from '../../../shared/collectd-protocol/notification.ts';
import { PutvalName, PutvalNames } from '../../../shared/collectd-protocol/putval-name.ts';
import { PutvalWriter } from '../../../shared/collectd-protocol/putval-writer.ts';
import { type Putval, readPutval } from '../../../shared/collectd-protocol/read-putval.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { bytes, valueLists } from './arbitrary-text.ts';
import { type Changes, derive, gauge, valueList } from './value-lists.ts';

const AT_ONE = { time: 1n << 30n, interval: 0n };
const one = (changes: Changes<ValueList> = {}) => valueList({ ...AT_ONE, ...changes });
const metaData = (name: string, value: string): MetaData => ({ name: name as ByteString, value: value as ByteString });
const counter = (value: bigint): Value => ({ kind: 'counter', value });
const absolute = (value: bigint): Value => ({ kind: 'absolute', value });

/** The line, or the reason why there is none. */
function written(list: ValueList, meta?: readonly MetaData[]): string {
  const writer = new PutvalWriter();
  const problem = writer.write(list, meta);
  expect(writer.size > 0).toBe(problem === undefined);
  return problem?.reason ?? writer.take().toString('latin1');
}

describe('a line', () => {
  test('has name, interval, time and values', () => {
    const check = (list: ValueList, line: string) => expect(written(list)).toBe(`PUTVAL ${line}\n`);

    check(valueList({ typeInstance: 'free' }), 'node-a/df-root/gauge-free interval=10 1700000000.1234567:1.5');
    check(one(), 'node-a/df-root/gauge 1:1.5');
    check(one({ interval: 5n << 28n }), 'node-a/df-root/gauge interval=1.25 1:1.5');
    check(one({ values: [gauge(1), derive(-2n), counter(3n), absolute(4n)] }), 'node-a/df-root/gauge 1:1:-2:3:4');

    // quotes only where they are needed
    check(one({ pluginInstance: 'a b' }), '"node-a/df-a b/gauge" 1:1.5');
    check(one({ pluginInstance: 'a"b\\' }), '"node-a/df-a\\"b\\\\/gauge" 1:1.5');
    check(one({ pluginInstance: 'a\\b=:,' }), 'node-a/df-a\\b=:,/gauge 1:1.5');
    check(one({ host: '\t' }), '"\t/df-root/gauge" 1:1.5');
  });

  test('has numbers that collectd reads as they are', () => {
    const check = (value: Value, text: string) => {
      const line = written(one({ values: [value] }));
      expect(line).toBe(`PUTVAL node-a/df-root/gauge 1:${text}\n`);
    };

    check(gauge(0), '0');
    check(gauge(-0), '-0');
    check(gauge(0.1), '0.1');
    check(gauge(1e21), '1e+21');
    check(gauge(5e-324), '5e-324');
    check(gauge(Number.NaN), 'U');
    check(gauge(Number.POSITIVE_INFINITY), 'U');
    check(gauge(Number.NEGATIVE_INFINITY), 'U');
    check(derive(-(2n ** 63n)), '-9223372036854775808');
    check(derive(2n ** 63n - 1n), '9223372036854775807');
    check(counter(2n ** 64n - 1n), '18446744073709551615');
    check(absolute(0n), '0');
  });

  test('has meta data as quoted strings', () => {
    const check = (meta: readonly MetaData[], text: string) =>
      expect(written(one(), meta)).toBe(`PUTVAL node-a/df-root/gauge ${text}1:1.5\n`);

    check([], '');
    check([metaData('k', 'v w')], 'meta:k="\\"v w\\"" ');
    check([metaData('k', ''), metaData('a:b_C', '"\\')], 'meta:k="\\"\\"" meta:a:b_C="\\"\\"\\\\\\"" ');
  });

  test('is not written when it would say something else', () => {
    const check = (list: ValueList, reason: string, meta?: readonly MetaData[]) =>
      expect(written(list, meta)).toBe(reason);

    check(one({ time: 0n }), 'bad_time');
    check(one({ time: -1n }), 'bad_time');
    check(one({ time: 1n << 64n }), 'bad_time');
    check(one({ interval: -1n }), 'bad_time');
    check(one({ interval: 1n << 64n }), 'bad_time');
    check(one({ values: [] }), 'no_values');
    check(one({ values: [derive(2n ** 63n)] }), 'bad_value');
    check(one({ values: [counter(-1n)] }), 'bad_value');
    check(one({ values: [absolute(2n ** 64n)] }), 'bad_value');
    check(one({ plugin: '' }), 'empty_part');
    check(one({ plugin: 'a-b' }), 'dash_in_name');
    check(one({ host: 'a/b' }), 'slash_in_part');
    check(one({ typeInstance: 'a\nb' }), 'newline');
    check(one({ typeInstance: 'a\0b' }), 'nul_byte');
    check(one({ typeInstance: 'x'.repeat(128) }), 'long_part');
    check(one(), 'bad_meta', [metaData('a-b', 'v')]);
    check(one(), 'bad_meta', [metaData('', 'v')]);
    check(one(), 'newline', [metaData('a', '\n')]);
    check(one(), 'nul_byte', [metaData('a', '\0')]);
  });

  test('has at most 1023 bytes', () => {
    const rest = written(one(), [metaData('k', '')]).length;
    expect(written(one(), [metaData('k', 'x'.repeat(1023 - rest))])).toHaveLength(1023);
    expect(written(one(), [metaData('k', 'x'.repeat(1024 - rest))])).toBe('long_line');
    expect(written(one(), [metaData('k', 'x'.repeat(5000))])).toBe('long_line');
    expect(written(one({ values: Array(63).fill(gauge(-1.7976931348623157e308)) }))).toBe('long_line');
    const quotes = '"'.repeat(127);
    const longest = { host: quotes, plugin: quotes, pluginInstance: quotes, type: quotes, typeInstance: quotes };
    expect(written(valueList(longest))).toBe('long_line');
  });

  test('is read as what it was written of', () => {
    const kinds = 'g:GAUGE:U:U d:DERIVE:U:U c:COUNTER:U:U a:ABSOLUTE:U:U';
    const { types } = parseTypesDb([{ name: 'types.db', bytes: Buffer.from(`gauge g:GAUGE:U:U\nfx ${kinds}\n`) }]);
    const meta = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[A-Za-z0-9_:]{1,20}$/) as fc.Arbitrary<ByteString>,
        value: bytes('\n', 0, 40),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    );
    const writer = new PutvalWriter();
    fc.assert(
      fc.property(valueLists(types), meta, (list, given) => {
        const problem = writer.write(list, given);
        fc.pre(problem?.reason !== 'long_line');
        expect(problem).toBeUndefined();
        const line = writer.take().toString('latin1').slice(0, -1) as ByteString;
        const read = readPutval(line, { types, now: () => 0n }) as Putval;
        // times pass through a double
        const values = list.values.map((value) =>
          Number.isFinite(value.value) || value.kind !== 'gauge' ? value : gauge(Number.NaN),
        );
        expect(read).toEqual({ lists: [{ ...list, time: read.lists[0]?.time, values }], meta: given });
      }),
      { numRuns: 500 },
    );
  });
});

describe('lines', () => {
  test('wait until they are taken, and one that is refused leaves no trace', () => {
    const writer = new PutvalWriter();
    writer.write(one());
    writer.write(one({ values: [gauge(1), derive(2n ** 63n)] }));
    writer.write(one({ interval: 1n << 64n }));
    writer.write(one({ time: 0n }));
    writer.write(valueList());
    const first = writer.take();
    expect(writer.size).toBe(0);
    writer.write(one({ values: [gauge(2)] }));
    expect(writer.take().toString()).toBe('PUTVAL node-a/df-root/gauge 1:2\n');
    // taken bytes are not written over
    expect(first.toString()).toBe(
      'PUTVAL node-a/df-root/gauge 1:1.5\nPUTVAL node-a/df-root/gauge interval=10 1700000000.1234567:1.5\n',
    );
  });

  test('of any number stay whole', () => {
    const writer = new PutvalWriter();
    for (let i = 0; i < 5000; i++) writer.write(one({ values: [gauge(i)] }));
    const lines = writer.take().toString().trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, i) => `PUTVAL node-a/df-root/gauge 1:${i}`));
  });

  test('are refused when too many wait', () => {
    const writer = new PutvalWriter({ maxBytes: 2000 });
    const reasons = Array.from({ length: 40 }, () => writer.write(one())?.reason);
    expect(reasons.indexOf('buffer_full')).toBeGreaterThan(25);
    expect(writer.size).toBeLessThanOrEqual(2000);
    writer.take();
    expect(writer.write(one())).toBeUndefined();
  });
});

test('a name is made once', () => {
  const names = new PutvalNames(2);
  const first = names.get(one());
  expect(first).toBeInstanceOf(PutvalName);
  expect(names.get(one({ values: [gauge(2)] }))).toBe(first);
  expect(names.get(one({ pluginInstance: '', plugin: 'df' }))).not.toBe(first);
  // full: all are forgotten
  names.get(one({ host: 'c' }));
  expect(names.get(one())).not.toBe(first);
  expect(names.get(one({ host: '' }))).toMatchObject({ reason: 'empty_part' });
});

test('a problem names the list', () => {
  expect(new PutvalWriter().write(one({ plugin: 'a-b' }))?.message).toBe(
    'Value list "node-a/a-b-root/gauge" has a "-" in its plugin or type, where an instance begins',
  );
});
