import fc, { type Arbitrary } from 'fast-check';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import type { DataSet, TypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';

/** Bytes that mean something to somebody more often than others. */
const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...' "\\-=:,\t\r\v_.aZ0é'.split('')) },
  { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 0xff }).map((code) => String.fromCharCode(code)) },
);

/** Bytes without those of `without`, e.g. for a part of an identifier. */
export function bytes(without: string, minLength = 0, maxLength = 127): Arbitrary<ByteString> {
  const kept = byte.filter((c) => !without.includes(c));
  return fc.string({ unit: kept, minLength, maxLength, size: 'small' }).map((text) => text as ByteString);
}

/** A cdtime: now and then any of the 64 bits, mostly of this century. */
export const times = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1_500_000_000n << 30n, max: 3_000_000_000n << 30n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: (1n << 64n) - (1n << 12n) }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000_000_000 }).map((seconds) => BigInt(seconds) << 30n) },
);

const intervals = fc.oneof(
  fc.constant(0n),
  fc.integer({ min: 1, max: 86_400_000 }).map((ms) => (BigInt(ms) << 30n) / 1000n),
  fc.bigInt({ min: 1n, max: (1n << 53n) - 1n }),
);

export function valueOfKind(kind: Value['kind']): Arbitrary<Value> {
  if (kind === 'gauge') return fc.double().map((value) => ({ kind, value }));
  const bounds = kind === 'derive' ? { min: -(2n ** 63n), max: 2n ** 63n - 1n } : { min: 0n, max: 2n ** 64n - 1n };
  return fc.bigInt(bounds).map((value) => ({ kind, value }));
}

/** Value lists of these types that text can hold. */
export function valueLists(types: TypesDb): Arbitrary<ValueList> {
  return fc.constantFrom(...types).chain((dataSet: DataSet) =>
    fc.record({
      host: bytes('/\n', 1),
      plugin: bytes('/\n-', 1),
      pluginInstance: bytes('/\n'),
      type: fc.constant(dataSet.type),
      typeInstance: bytes('/\n'),
      time: times,
      interval: intervals,
      values: fc.tuple(...dataSet.sources.map(({ kind }) => valueOfKind(kind))),
    }),
  );
}

/** Notifications with anything in them. */
export function notifications(): Arbitrary<Notification> {
  return fc.record({
    host: bytes('\0', 0, 200),
    plugin: bytes('\0', 0, 200),
    pluginInstance: bytes('\0', 0, 200),
    type: bytes('\0', 0, 200),
    typeInstance: bytes('\0', 0, 200),
    severity: fc.constantFrom('failure' as const, 'warning' as const, 'okay' as const),
    time: times,
    message: fc.oneof(bytes('', 1, 60), bytes('', 1, 400)),
    meta: fc.array(
      fc.record({
        name: fc.oneof(fc.constantFrom('vm' as ByteString, 'a:b_C9' as ByteString), bytes('', 1, 20)),
        value: bytes('', 0, 300),
      }),
      { maxLength: 8 },
    ),
  });
}

const CONTROL = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 0x7f);

/** Notifications that a line can say without a change. */
export function shortNotifications(): Arbitrary<Notification> {
  const name = bytes(CONTROL, 0, 30);
  const metaName = fc.stringMatching(/^[A-Za-z0-9_:]{1,10}$/).map((text) => text as ByteString);
  return fc.record({
    host: name,
    plugin: name,
    pluginInstance: name,
    type: name,
    typeInstance: name,
    severity: fc.constantFrom('failure' as const, 'warning' as const, 'okay' as const),
    time: times,
    message: bytes(CONTROL, 1, 100),
    meta: fc.array(fc.record({ name: metaName, value: bytes(CONTROL, 0, 30) }), { maxLength: 3 }),
  });
}
