import { describe, expect, test } from 'vitest';
import { DatagramLines, type DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import { nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { type DecodedDatagram, decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import { SEVERITIES } from '../../../shared/collectd-protocol/notification.ts';
import type { Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { Point } from '../../../shared/line-protocol/format.ts';
import type { FieldValue } from '../../../shared/line-protocol/line-view.ts';
import { parsePoints } from '../../../shared/line-protocol/parse.ts';
import { recordedCredentials, recordedDatagrams, recordedTypes } from './recorded.ts';

const credentials = recordedCredentials();
const dataSets = recordedTypes();
const SOURCES = [
  'plain',
  'signed',
  'encrypted',
  'notification',
  'notification-signed',
  'notification-encrypted',
  'handmade',
];

type Field = readonly [key: ByteString, value: FieldValue];

/** Compares the points of every recorded datagram with what `expected` makes of the decoded one. */
function check(options: DatagramLinesOptions, expected: (decoded: DecodedDatagram) => Point[]) {
  for (const source of SOURCES) {
    const lines = new DatagramLines({ ...options, credentials });
    for (const [i, datagram] of recordedDatagrams(source).entries()) {
      lines.decode(datagram);
      const points = parsePoints(lines.take()).filter(({ measurement }) => measurement !== 'collectd_notification');
      expect(points, `${source} ${i}`).toEqual(expected(decodeDatagram(datagram, { credentials })));
    }
  }
}

/** The fields of a list, without what line protocol does not have. */
function fields(list: ValueList, keys: readonly ByteString[], fieldOf: (value: Value) => FieldValue): Field[] {
  const all = list.values.map((value, i): Field => [keys[i] as ByteString, fieldOf(value)]);
  return all.filter(([, field]) => field.kind !== 'float' || Number.isFinite(field.value));
}

function keysOf({ type, values }: ValueList): ByteString[] {
  const sources = dataSets.get(type)?.sources;
  if (sources?.length === values.length) return sources.map(({ name }) => name);
  return values.map((_, i) => toByteString(values.length === 1 ? 'value' : String(i)));
}

function exact({ kind, value }: Value): FieldValue {
  if (kind === 'gauge') return { kind: 'float', value };
  return { kind: kind === 'derive' ? 'integer' : 'unsigned', value };
}

function tagsOf(list: ValueList, instance: string): Point['tags'] {
  const tags = [
    ['host', list.host],
    [instance, list.pluginInstance],
    ['type', list.type],
    ['type_instance', list.typeInstance],
  ] as [ByteString, ByteString][];
  return tags.filter(([, value]) => value !== '');
}

const point = (list: ValueList, measurement: string, instance: string, fieldsOfList: readonly Field[]): Point => ({
  measurement: measurement as ByteString,
  tags: tagsOf(list, instance),
  fields: fieldsOfList,
  timeNs: nsOfCdtime(list.time),
});

const withFields = ({ fields: { length } }: Point) => length > 0;

describe('lines say what the datagrams say, bit for bit', () => {
  test('crosslayer', () => {
    check({ dataSets }, ({ valueLists }) =>
      valueLists
        .map((list) => point(list, `collectd_${list.plugin}`, 'plugin_instance', fields(list, keysOf(list), exact)))
        .filter(withFields),
    );
  });

  test('telegraf_join with exact numbers', () => {
    check({ dataSets, naming: 'telegraf_join', numbers: 'exact' }, ({ valueLists }) =>
      valueLists
        .map((list) => point(list, list.plugin, 'instance', fields(list, keysOf(list), exact)))
        .filter(withFields),
    );
  });

  test('telegraf_split with exact numbers', () => {
    const value = toByteString('value');
    check({ dataSets, naming: 'telegraf_split', numbers: 'exact' }, ({ valueLists }) =>
      valueLists.flatMap((list) =>
        fields(list, keysOf(list), exact).map(([key, field]) =>
          point(list, `${list.plugin}_${key}`, 'instance', [[value, field]]),
        ),
      ),
    );
  });

  test('write_influxdb_udp: gauges with six decimals, all others as integers', () => {
    const rounded = (field: Value): FieldValue => {
      if (field.kind !== 'gauge')
        return { kind: 'integer', value: field.value < 2n ** 63n ? field.value : 2n ** 63n - 1n };
      return { kind: 'float', value: Number.isFinite(field.value) ? Number(sixDecimals(field.value)) : field.value };
    };
    check({ dataSets, naming: 'write_influxdb_udp' }, ({ valueLists }) =>
      valueLists
        .map((list) => point(list, list.plugin, 'instance', fields(list, keysOf(list), rounded)))
        .filter(withFields),
    );
  });
});

/** As printf writes it: exactly, and halves to the even digit. */
function sixDecimals(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const exponent = Math.max((bits.getUint16(0) >> 4) - 1, 0);
  const mantissa = BigInt(Math.abs(value) / 2 ** (exponent - 1074));
  const scaled = mantissa * 10n ** 6n;
  const shift = BigInt(1074 - exponent);
  if (shift <= 0n) return String(value);
  const [quotient, rest, half] = [scaled >> shift, scaled & ((1n << shift) - 1n), 1n << (shift - 1n)];
  const isUp = rest > half || (rest === half && quotient % 2n === 1n);
  return `${value < 0 ? '-' : ''}${isUp ? quotient + 1n : quotient}e-6`;
}

test('notifications', () => {
  for (const source of SOURCES) {
    const lines = new DatagramLines({ credentials, dataSets });
    for (const datagram of recordedDatagrams(source)) {
      lines.decode(datagram);
      const points = parsePoints(lines.take()).filter(({ measurement }) => measurement === 'collectd_notification');
      const { notifications } = decodeDatagram(datagram, { credentials });
      expect(points).toEqual(
        notifications.map((notification) => ({
          measurement: 'collectd_notification',
          tags: [
            ['host', notification.host],
            ['plugin', notification.plugin],
            ['plugin_instance', notification.pluginInstance],
            ['type', notification.type],
            ['type_instance', notification.typeInstance],
            ['severity', notification.severity],
          ].filter(([, value]) => value !== ''),
          fields: [
            ['message', { kind: 'string', value: notification.message }],
            ['severity_code', { kind: 'integer', value: BigInt(SEVERITIES[notification.severity]) }],
          ],
          timeNs: nsOfCdtime(notification.time),
        })),
      );
    }
  }
});
