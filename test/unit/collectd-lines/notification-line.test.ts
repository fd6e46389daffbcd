import { describe, expect, test } from 'vitest';
import { notificationLine } from '../../../shared/collectd-lines/notification-line.ts';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import { type ByteString, fromByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { parsePoints } from '../../../shared/line-protocol/parse.ts';

const EMPTY = toByteString('');
const base: Notification = {
  host: EMPTY,
  plugin: EMPTY,
  pluginInstance: EMPTY,
  type: EMPTY,
  typeInstance: EMPTY,
  severity: 'failure',
  time: cdtimeOfNs(5_000_000_001n),
  message: toByteString('m'),
  meta: [],
};

const text = (notification: Partial<Notification>) => {
  const written = notificationLine({ ...base, ...notification });
  return written === undefined ? undefined : fromByteString(written.line);
};

type Pair = readonly [name: string, value: string];

const meta = (...pairs: readonly Pair[]) =>
  pairs.map(([name, value]) => ({ name: toByteString(name), value: toByteString(value) }));

test('all parts', () => {
  const line = text({
    host: toByteString('node a'),
    plugin: toByteString('df'),
    pluginInstance: toByteString('root'),
    type: toByteString('percent'),
    typeInstance: toByteString('used'),
    severity: 'warning',
    message: toByteString('Too "full"\nby far'),
  });
  expect(line).toBe(
    'collectd_notification,host=node\\ a,plugin=df,plugin_instance=root,type=percent,type_instance=used,severity=warning message="Too \\"full\\"\nby far",severity_code=2i 5000000001\n',
  );
});

test('severities', () => {
  expect(text({ severity: 'failure' })).toBe(
    'collectd_notification,severity=failure message="m",severity_code=1i 5000000001\n',
  );
  expect(text({ severity: 'okay' })).toBe(
    'collectd_notification,severity=okay message="m",severity_code=4i 5000000001\n',
  );
});

test('a time beyond 2262 cannot be written', () => {
  expect(text({ time: 2n ** 64n - 1n })).toBeUndefined();
});

describe('meta data', () => {
  const fields = (...pairs: readonly Pair[]) => {
    const written = notificationLine({ ...base, meta: meta(...pairs) });
    const [point] = parsePoints(Buffer.from(written?.line ?? '', 'latin1'));
    const found = Object.fromEntries(
      (point?.fields ?? []).slice(2).map(([key, { value }]) => [fromByteString(key), value]),
    );
    return { found, cleaned: written?.cleaned, omitted: written?.omitted };
  };

  test('of the threshold plugin has numbers, NaN is no bound', () => {
    const threshold = fields(
      ['DataSource', 'value'],
      ['CurrentValue', '7.000000e+00'],
      ['WarningMin', 'nan'],
      ['WarningMax', '3.500000e+00'],
      ['FailureMin', ''],
      ['FailureMax', 'inf'],
    );
    const found = { DataSource: 'value', CurrentValue: 7, WarningMax: 3.5 };
    expect(threshold).toEqual({ found, cleaned: 0, omitted: 3 });
  });

  test('of the network plugin is a boolean', () => {
    expect(fields(['network:received', 'true']).found).toEqual({ 'network:received': true });
  });

  test('of others is text, as what looks like a number need not be one', () => {
    expect(fields(['zip', '01234'], ['a b', 'x"y\\'], ['ip', '1.2.3.4']).found).toEqual({
      zip: '01234',
      'a b': 'x"y\\',
      ip: '1.2.3.4',
    });
  });

  test('does not take the place of our own fields', () => {
    expect(fields(['message', 'x'], ['severity_code', '9']).found).toEqual({
      meta_message: 'x',
      meta_severity_code: '9',
    });
  });

  test('that stands twice counts once: what comes later may be forged', () => {
    expect(fields(['a', '1'], ['a', '2'])).toEqual({ found: { a: '1' }, cleaned: 0, omitted: 1 });
  });

  test('with names that cannot be written', () => {
    expect(fields(['', 'x'], ['a\x01b', 'y'], ['\x02', 'z'])).toEqual({ found: { ab: 'y' }, cleaned: 2, omitted: 2 });
  });
});

test('bytes that cannot stand in a line are left out', () => {
  const written = notificationLine({
    ...base,
    host: 'a\x01\xff' as ByteString,
    plugin: '\x02' as ByteString,
    message: 'x\xff\x00y' as ByteString,
  });
  expect(written?.cleaned).toBe(3);
  expect(fromByteString(written?.line ?? EMPTY)).toBe(
    'collectd_notification,host=a,severity=failure message="x\ufffd\0y",severity_code=1i 5000000001\n',
  );
});
