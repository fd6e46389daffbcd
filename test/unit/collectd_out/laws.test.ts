import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkDoor } from '../../../plugins/collectd_out/network-door.ts';
import { TextDoor } from '../../../plugins/collectd_out/text-door.ts';
import { DatagramLines, type DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import { notificationLine } from '../../../shared/collectd-lines/notification-line.ts';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import { DatagramWriter } from '../../../shared/collectd-protocol/datagram-writer.ts';
import { MAX_NAME_BYTES } from '../../../shared/collectd-protocol/identifier.ts';
import { type Notification, SEVERITIES, type Severity } from '../../../shared/collectd-protocol/notification.ts';
import { PutvalWriter } from '../../../shared/collectd-protocol/putval-writer.ts';
import type { DataSet } from '../../../shared/collectd-protocol/types-db.ts';
import type { DataSourceKind, Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { cleanTagValue } from '../../../shared/line-protocol/clean.ts';
import { formatMeasurement, formatTagValue } from '../../../shared/line-protocol/format.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { mappingInto, TEST_TYPES } from './text-of-lines.ts';

/** Names that lines can carry, of any kind that identifiers can have. */
const name = (forbidden: RegExp) =>
  fc
    .oneof(
      fc.string({ unit: fc.constantFrom(...'abcXYZ019_.: ,="\\~#'), minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
      fc.constant('x'.repeat(MAX_NAME_BYTES)),
    )
    .map(toByteString)
    .filter((text) => text.length <= MAX_NAME_BYTES && !forbidden.test(text) && !cleanTagValue(text).changed)
    .filter((text) => formatTagValue(text) !== undefined && formatMeasurement(`p${text}` as ByteString) !== undefined);

const instance = fc.oneof(
  fc.constant('' as ByteString),
  name(/\//),
  name(/\//).map((text) => `${text}-1`.slice(-MAX_NAME_BYTES) as ByteString),
);

const valueOfKind: Record<DataSourceKind, fc.Arbitrary<Value>> = {
  gauge: fc.double({ noDefaultInfinity: true }).map((value) => ({ kind: 'gauge', value })),
  derive: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: 'derive', value })),
  counter: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ kind: 'counter', value })),
  absolute: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ kind: 'absolute', value })),
};

const isNaNValue = ({ kind, value }: Value) => kind === 'gauge' && Number.isNaN(value);

const valueList: fc.Arbitrary<ValueList> = fc
  .constantFrom(...(TEST_TYPES as Iterable<DataSet>))
  .chain(({ type, sources }) =>
    fc.record({
      host: name(/\//),
      plugin: name(/[-/]/),
      pluginInstance: instance,
      type: fc.constant(type),
      typeInstance: instance,
      time: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(cdtimeOfNs),
      interval: fc.constantFrom(0n, 1n << 30n, 10n << 30n, 107_374_182n),
      values: fc.tuple(...sources.map(({ kind }) => valueOfKind[kind])) as fc.Arbitrary<Value[]>,
    }),
  )
  // what has no number makes no line
  .filter(({ values }) => !values.every(isNaNValue));

/** The line that collectd_in makes of it. */
function lineOf(list: ValueList, options: DatagramLinesOptions): Buffer {
  const lines = new DatagramLines({ dataSets: TEST_TYPES, ...options });
  const writer = new DatagramWriter({ onDatagram: (datagram) => lines.decode(datagram) });
  expect(writer.write(list)).toBeUndefined();
  writer.flush();
  return Buffer.from(lines.take());
}

/** The lists that become of lines. */
function listsOf(lines: Uint8Array, prefix = 'collectd_'): ValueList[] {
  const lists: ValueList[] = [];
  const door = new NetworkDoor({
    write(list) {
      lists.push(list);
      return undefined;
    },
    writeNotification: () => undefined,
  });
  const { read, said } = mappingInto(door, { prefix: prefix as ByteString });
  read(lines);
  expect(said()).toEqual([]);
  return lists;
}

describe('a value list that became a line becomes the same list', () => {
  const check = (options: DatagramLinesOptions, matches = (list: ValueList) => list.values.length > 0) =>
    fc.assert(
      fc.property(valueList.filter(matches), (list) => {
        const line = lineOf(list, options);
        const interval = options.interval === undefined ? 0n : list.interval;
        expect(listsOf(line, options.prefix), line.toString('latin1')).toEqual([{ ...list, interval }]);
      }),
      { numRuns: 100 },
    );

  test('in the naming crosslayer', () => check({}));
  test('with the interval as a field', () => check({ interval: 'field' }));
  test('with the interval as a tag', () => check({ interval: 'tag' }));
  test('with another prefix', () => check({ prefix: 'x.' as ByteString }));
  test('in the naming telegraf_join, with exact numbers', () =>
    check({ naming: 'telegraf_join', numbers: 'exact' }, ({ plugin }) => !/^(?:#|collectd_)/.test(plugin)));
});

test('the text door says of a line what the writer for value lists says of the list', () => {
  fc.assert(
    fc.property(valueList, (list) => {
      const door = new TextDoor(new FakeContext().stats);
      const { read } = mappingInto(door);
      // other times and intervals have several texts that collectd reads alike
      const sent = { ...list, time: 1_700_000_000n << 30n, interval: 5n << 29n };
      read(lineOf(sent, { interval: 'field' }));
      const writer = new PutvalWriter();
      const problem = writer.write(sent);
      expect(door.take().toString('latin1')).toBe(problem ? '' : writer.take().toString('latin1'));
    }),
    { numRuns: 100 },
  );
});

test('a notification that became a line becomes the same notification', () => {
  const notification = fc.record({
    host: instance,
    plugin: instance,
    pluginInstance: instance,
    type: instance,
    typeInstance: instance,
    severity: fc.constantFrom(...(Object.keys(SEVERITIES) as Severity[])),
    time: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(cdtimeOfNs),
    message: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map(toByteString),
    meta: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b:c', 'DataSource', 'message', 'severity_code', 'd_1').map(toByteString),
        value: fc.string({ maxLength: 20 }).map(toByteString),
      }),
      { selector: ({ name }) => name, maxLength: 4 },
    ),
  });
  fc.assert(
    fc.property(notification, (event) => {
      const got: Notification[] = [];
      const door = new NetworkDoor({
        write: () => undefined,
        writeNotification(read) {
          got.push(read);
          return undefined;
        },
      });
      const { read } = mappingInto(door);
      read(Buffer.from(notificationLine(event)?.line ?? '', 'latin1'));
      expect(got).toEqual([event]);
    }),
    { numRuns: 100 },
  );
});
