import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanMetaName, formatPutnotif } from '../../../shared/collectd-protocol/format-putnotif.ts';
import type { MetaData, Notification } from '../../../shared/collectd-protocol/notification.ts';
import { readPutnotif } from '../../../shared/collectd-protocol/read-putnotif.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { type ByteString, fromByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { notifications, shortNotifications } from './arbitrary-text.ts';
import { type Changes, notification } from './value-lists.ts';

const AT_ONE = { time: 1n << 30n, host: '', plugin: '', pluginInstance: '', type: '', typeInstance: '' };
const one = (changes: Changes<Notification> = {}) => notification({ ...AT_ONE, message: 'm', ...changes });
const metaData = (name: string, value: string): MetaData => ({ name: toByteString(name), value: toByteString(value) });

describe('a line', () => {
  test('has what is needed first', () => {
    const check = (given: Notification, line: string) =>
      expect(formatPutnotif(given)).toEqual({ line: `PUTNOTIF ${line}\n`, changed: false, droppedMeta: 0 });

    check(
      notification({ typeInstance: 'free', meta: [metaData('vm', '6f 3c'), metaData('a:b', '')] }),
      'severity=warning time=1700000000.1234567 host=node-a plugin=df plugin_instance=root type=gauge type_instance=free message="Too much" s:vm="6f 3c" s:a:b=""',
    );
    check(one({ severity: 'okay' }), 'severity=okay time=1 message=m');
    check(one({ message: 'a"b\\' }), 'severity=warning time=1 message=a"b\\');
    check(one({ message: '"a b\\' }), 'severity=warning time=1 message="\\"a b\\\\"');
    check(one({ plugin: 'a-b', type: 'c/d' }), 'severity=warning time=1 plugin=a-b type=c/d message=m');
  });

  test('loses control characters and what is too long, between characters', () => {
    const check = (given: Notification, line: string) =>
      expect(formatPutnotif(given)).toEqual({
        line: `PUTNOTIF severity=warning time=1 ${line}\n`,
        changed: true,
        droppedMeta: 0,
      });

    check(one({ message: 'a\nb\tc\x7f' }), 'message="a b c "');
    check(one({ host: 'a\nb' }), 'host="a b" message=m');
    check(one({ meta: [metaData('k', 'a\rb')] }), 'message=m s:k="a b"');
    check(one({ message: 'x'.repeat(256) }), `message=${'x'.repeat(255)}`);
    check(one({ message: `${'x'.repeat(254)}ü` }), `message=${'x'.repeat(254)}`);
    check(one({ host: `${'x'.repeat(125)}€` }), `host=${'x'.repeat(125)} message=m`);
  });

  test('has meta data as far as there is room', () => {
    const check = (meta: readonly MetaData[], names: readonly string[]) => {
      const written = formatPutnotif(one({ meta }));
      if (!('line' in written)) throw new Error(written.message);
      expect([...written.line.matchAll(/ s:(\w+)=/g)].map(([, name]) => name)).toEqual(names);
      expect(written.droppedMeta).toBe(meta.length - names.length);
      expect(written.line.length).toBeLessThanOrEqual(1023);
    };
    const rest = 'PUTNOTIF severity=warning time=1 message=m s:a= s:b=\n'.length;

    check([metaData('a', 'x'), metaData('b', 'x'.repeat(1023 - rest - 1))], ['a', 'b']);
    check([metaData('a', 'x'), metaData('b', 'x'.repeat(1024 - rest - 1))], ['a']);
    // what follows the first without room stays behind, too
    check([metaData('a', 'x'), metaData('b', 'x'.repeat(1000)), metaData('c', 'x')], ['a']);
    check([metaData('a-b', 'x'), metaData('', 'x'), metaData('n'.repeat(128), 'x'), metaData('c', 'x')], ['c']);
  });

  test('has a shorter message where long names leave no room for it', () => {
    const quoted = (letter: string) => `${letter} `.padEnd(127, '"');
    const names = { host: quoted('h'), plugin: quoted('p'), pluginInstance: quoted('i') };
    const cut = formatPutnotif(notification({ ...names, message: '€'.repeat(85), meta: [metaData('a', 'b')] }));
    if (!('line' in cut)) throw new Error(cut.message);
    expect(cut).toMatchObject({ changed: true, droppedMeta: 1 });
    expect(cut.line.length).toBeGreaterThan(1020);
    expect(cut.line.length).toBeLessThanOrEqual(1023);
    expect(fromByteString(cut.line)).toMatch(/ message=€+\n$/);
    expect(formatPutnotif(notification({ ...names, type: quoted('t') }))).toMatchObject({ reason: 'long_line' });
  });

  test('is not written without time or message', () => {
    expect(formatPutnotif(one({ time: 0n }))).toMatchObject({ reason: 'bad_time' });
    expect(formatPutnotif(one({ message: '' }))).toEqual({
      reason: 'empty_message',
      message: 'Notification "//" has no message',
    });
  });

  test('is read as what it was written of', () => {
    fc.assert(
      fc.property(shortNotifications(), (given) => {
        const written = formatPutnotif(given);
        expect(written).toMatchObject({ changed: false, droppedMeta: 0 });
        const line = 'line' in written ? written.line.slice(0, -1) : '';
        const read = readPutnotif(line as ByteString);
        // times pass through a double
        expect(read).toEqual({ ...given, time: isTextProblem(read) ? 0n : read.time });
      }),
      { numRuns: 500 },
    );
  });

  test('of anything is one that is read, or there is none', () => {
    fc.assert(
      fc.property(notifications(), (given) => {
        const written = formatPutnotif(given);
        if (!('line' in written)) return;
        expect(written.line.length).toBeLessThanOrEqual(1023);
        expect(written.line.indexOf('\n')).toBe(written.line.length - 1);
        const read = readPutnotif(written.line.slice(0, -1) as ByteString);
        expect(read).toMatchObject({ severity: given.severity });
        expect(read).not.toHaveProperty('reason');
      }),
    );
  });
});

test('names of meta data are made fit', () => {
  const check = (name: string, expected: string) => expect(cleanMetaName(name as ByteString)).toBe(expected);

  check('a:b_C9', 'a:b_C9');
  check('a-b.c d\xfc', 'a_b_c_d_');
  check('n'.repeat(200), 'n'.repeat(127));
});

// what collectd answers to each form of a line is in test/conformance/collectd/text-rows.ts
test('a line that is read gives a notification', () => {
  const line =
    'PUTNOTIF message="a b" s:k=1 s:k=2 severity=Failure time=1.5 type_instance=x severity=okay host=a host=b';
  expect(readPutnotif(line as ByteString)).toEqual(
    one({
      severity: 'okay',
      time: 3n << 29n,
      host: 'b',
      typeInstance: 'x',
      message: 'a b',
      meta: [metaData('k', '1'), metaData('k', '2')],
    }),
  );
});

test('a line that is refused has a reason', () => {
  const check = (line: string, message: string) => expect(readPutnotif(line as ByteString)).toMatchObject({ message });

  check('PUTNOTIFY severity=okay', 'Line is neither PUTVAL nor PUTNOTIF: "PUTNOTIFY severity=okay"');
  check('PUTNOTIF severity=critical', 'Severity is not failure, warning or okay: "critical"');
  check('PUTNOTIF constructor=x', 'Option is unknown or not of the form name=value: "constructor"');
  check('PUTNOTIF severity=constructor', 'Severity is not failure, warning or okay: "constructor"');
  check(
    'PUTNOTIF severity=okay time=1 message=a\0',
    'Text has a NUL byte: "PUTNOTIF severity=okay time=1 message=a\\x00"',
  );
  check('PUTNOTIF'.padEnd(1199), `Line is longer than collectd reads: "${'PUTNOTIF'.padEnd(60)}..."`);
});
