import { expect, test } from 'vitest';
import { EscapedParts, escapedPrefix } from '../../../shared/collectd-lines/escaped-parts.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

const bytes = toByteString;

test('tag values are escaped, and lose what no parser reads', () => {
  const parts = new EscapedParts(bytes(''));
  const check = (value: string, expected: string, isCleaned = false) => {
    for (let again = 0; again < 2; again++) {
      const part = parts.tagValue(bytes(value));
      expect(Buffer.from(part.bytes).toString()).toBe(expected);
      expect(part.isCleaned).toBe(isCleaned);
    }
  };
  check('a b,c=d', 'a\\ b\\,c\\=d');
  check('ü', 'ü');
  check('a\\b', 'a\\b');
  check('a\\', 'a', true);
  check('a\x01b', 'ab', true);
  check('\n', '', true);
});

test('measurements have the prefix', () => {
  const check = (prefix: string, plugin: string, expected: string, isCleaned = false) => {
    const part = new EscapedParts(bytes(prefix)).measurement(bytes(plugin));
    expect(Buffer.from(part.bytes).toString()).toBe(expected);
    expect(part.isCleaned).toBe(isCleaned);
  };
  check('collectd_', 'a b,c=d', 'collectd_a\\ b\\,c=d');
  check('my ', 'x y', 'my\\ x\\ y');
  check('collectd_', '#x', 'collectd_#x');
  check('', '#x', 'x', true);
  check('', '##', '', true);
  check('', '\x01', '', true);
  check('collectd_', '\x01', 'collectd_', true);
  check('', 'a\\ b', 'a\\ b', true);
  check('', 'a\\b', 'a\\b');
});

test('names without end are not kept', () => {
  const parts = new EscapedParts(bytes(''));
  const first = parts.tagValue(bytes('a b'));
  expect(parts.tagValue(bytes('a b'))).toBe(first);
  for (let i = 0; i < 4096; i++) parts.tagValue(bytes(`${i} `));
  expect(parts.tagValue(bytes('a b'))).not.toBe(first);
});

test('a prefix must be able to begin a measurement', () => {
  expect(escapedPrefix(bytes(''))).toBe('');
  expect(escapedPrefix(bytes('node, '))).toBe('node\\,\\ ');
  expect(() => escapedPrefix(bytes('#'))).toThrow('Prefix "#" cannot begin a measurement');
  expect(() => escapedPrefix(bytes('a\\'))).toThrow(RangeError);
  expect(() => escapedPrefix(bytes('a\nb'))).toThrow('Prefix "a\\nb" cannot begin a measurement');
});
