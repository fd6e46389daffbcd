import { expect, test } from 'vitest';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import { Emitted } from '../../../shared/collectd-protocol/emitted.ts';
import type { Identifier } from '../../../shared/collectd-protocol/identifier.ts';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

const NS = 1_795_244_195_397_000_000n;
const MS = 1_000_000n;

/** `host plugin plugin_instance type type_instance`, `-` for an empty one. */
function identifier(text: string): Identifier {
  const [host, plugin, pluginInstance, type, typeInstance] = text
    .split(' ')
    .map((part) => toByteString(part === '-' ? '' : part));
  return { host, plugin, pluginInstance, type, typeInstance } as Identifier;
}

const notification = (change: Partial<Notification> = {}): Notification => ({
  ...identifier('h p - t -'),
  severity: 'warning',
  time: cdtimeOfNs(NS),
  message: toByteString('too hot'),
  meta: [],
  ...change,
});

function watched(maxEntries?: number): Emitted {
  const emitted = new Emitted(maxEntries);
  emitted.isWatched = true;
  return emitted;
}

test('a value list comes back under the same name and time', () => {
  const emitted = watched();
  expect(emitted.isEmpty).toBe(true);
  emitted.recordValueList(identifier('h p pi t ti'), cdtimeOfNs(NS));
  expect(emitted.isEmpty).toBe(false);
  const check = (name: string, ns: bigint, expected: boolean) =>
    expect(emitted.hasValueList(identifier(name), cdtimeOfNs(ns)), `${name} ${ns}`).toBe(expected);

  check('h p pi t ti', NS, true);
  // once is not all: a second Server line sends it again
  check('h p pi t ti', NS, true);

  // what the text doors make of a time
  check('h p pi t ti', NS + 250n, true);
  check('h p pi t ti', NS - 250n, true);
  check('h p pi t ti', NS + MS - 1000n, true);
  check('h p pi t ti', NS - MS + 1000n, true);

  // the originals of a value that no stage renames
  check('h p pi t ti', NS + 10_000n * MS, false);
  check('h p pi t ti', NS + 3n * MS, false);
  check('h p pi t ti', NS - 3n * MS, false);

  check('h p pi t -', NS, false);
  check('h p - t ti', NS, false);
  check('hp - pi t ti', NS, false);
  check('H p pi t ti', NS, false);
});

test('names are compared as collectd dispatches them', () => {
  const check = (emittedAs: string, comesAs: string) => {
    const emitted = watched();
    emitted.recordValueList(identifier(emittedAs), cdtimeOfNs(NS));
    expect(emitted.hasValueList(identifier(comesAs), cdtimeOfNs(NS)), emittedAs).toBe(true);
  };
  check('h df /var/lib t a/b', 'h df var_lib t a_b');
  check('h df / t -', 'h df root t -');
  check('h df - t \xff\xfe', 'h df - t \xff\xfe');
});

test('a notification comes back by its name, severity, message and time', () => {
  const emitted = watched();
  emitted.recordNotification(notification());
  const check = (change: Partial<Notification>, expected: boolean) =>
    expect(emitted.hasNotification(notification(change))).toBe(expected);
  check({}, true);
  check({ meta: [{ name: toByteString('a'), value: toByteString('b') }] }, true);
  check({ severity: 'okay' }, false);
  check({ message: toByteString('too cold') }, false);
  check({ time: cdtimeOfNs(NS + 5n * MS) }, false);
  check(identifier('h p - t x'), false);

  // a value list of the same name is another thing
  expect(emitted.hasValueList(identifier('h p - t -'), cdtimeOfNs(NS))).toBe(false);

  const long = toByteString('x'.repeat(300));
  emitted.recordNotification(notification({ message: long }));
  check({ message: toByteString('x'.repeat(255)) }, true);
});

test('nothing is kept while nobody asks', () => {
  const emitted = new Emitted();
  emitted.recordValueList(identifier('h p - t -'), cdtimeOfNs(NS));
  expect(emitted.isEmpty).toBe(true);
});

test('the oldest are forgotten, and counted where they have not come back', () => {
  const emitted = watched(10);
  const time = (n: number) => cdtimeOfNs(NS + BigInt(n) * 10n * MS);
  const name = identifier('h p - t -');
  for (let n = 0; n < 10; n++) emitted.recordValueList(name, time(n));
  expect(emitted.hasValueList(name, time(0))).toBe(true);
  for (let n = 10; n < 20; n++) emitted.recordValueList(name, time(n));
  expect(emitted.forgotten).toBe(9);
  expect(emitted.hasValueList(name, time(9))).toBe(false);
  for (let n = 10; n < 20; n++) expect(emitted.hasValueList(name, time(n))).toBe(true);

  // the same again is no further entry
  for (let n = 0; n < 100; n++) emitted.recordValueList(name, time(20));
  for (let n = 10; n < 20; n++) expect(emitted.hasValueList(name, time(n))).toBe(true);
});
