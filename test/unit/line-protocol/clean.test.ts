import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteString, fromByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { cleanTagValue, cleanText } from '../../../shared/line-protocol/clean.ts';
import { formatTagValue } from '../../../shared/line-protocol/format.ts';

describe('a tag value', () => {
  test('loses what it must not hold', () => {
    const check = (value: string, expected: string) => {
      const cleaned = cleanTagValue(toByteString(value));
      expect(fromByteString(cleaned.value)).toBe(expected);
      expect(cleaned.changed).toBe(value !== expected);
    };

    // nothing
    check('', '');
    check('web-1', 'web-1');
    check('a b,c=d', 'a b,c=d');
    check('C:\\x', 'C:\\x');
    check('ü 😀 \ufffd', 'ü 😀 \ufffd');
    check('\ufeffa\u200bb\u2028', '\ufeffa\u200bb\u2028');

    // control characters: C0, DEL, C1
    check('a\nb\tc\x00\x1b[31md\x7f', 'abc[31md');
    check('a\u0080b\u009fc', 'abc');
    check('\r\n', '');

    // direction characters
    check('\u202eabc\u202c', 'abc');
    check('a\u2066b\u2069c\u200ed\u200fe\u061cf', 'abcdef');

    // backslashes that the writer refuses
    check('a\\', 'a');
    check('a\\\\', 'a');
    check('\\', '');
    check('a\\\n', 'a');
    check('\\"q', '\\"q');
    check('\\"q r', '"q r');
    check('a=\\\\"', 'a="');
  });

  test('loses invalid UTF-8 and nothing beside it', () => {
    const check = (bytes: string, expected: string) => {
      expect(cleanTagValue(bytes as ByteString)).toEqual({ value: expected, changed: bytes !== expected });
    };

    check('\xc3\xa9', '\xc3\xa9');
    check('a\xffb\xfe', 'ab');
    check('a\xc3', 'a');
    check('\xed\xa0\x80x', 'x');
    check('a\xff\xef\xbf\xbdb', 'a\xef\xbf\xbdb');
    check('a\x00\xff\xef\xbf\xbd', 'a\xef\xbf\xbd');
    // U+202E and a C1 character as their UTF-8 bytes
    check('a\xe2\x80\xaeb\xc2\x85', 'ab');
  });

  test('is at most 128 code points long', () => {
    const check = (value: string, expected: string) =>
      expect(fromByteString(cleanTagValue(toByteString(value)).value)).toBe(expected);

    check('x'.repeat(128), 'x'.repeat(128));
    check('x'.repeat(129), 'x'.repeat(128));
    check('😀'.repeat(128), '😀'.repeat(128));
    check('😀'.repeat(129), '😀'.repeat(128));
    check(`${'x'.repeat(127)}\\yz`, 'x'.repeat(127));
    check(`\n${'x'.repeat(128)}`, 'x'.repeat(128));
  });

  test('is writable or empty afterwards, and clean', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\\', '"', ' ', ',', '=', '\n', 'a', '\xc3', '\xa9', '\xff'),
      maxLength: 140,
    });
    fc.assert(
      fc.property(nasty, (bytes) => {
        const { value, changed } = cleanTagValue(bytes as ByteString);
        expect(changed).toBe(value !== bytes);
        expect(value === '' || formatTagValue(value) !== undefined).toBe(true);
        expect(cleanTagValue(value)).toEqual({ value, changed: false });
      }),
      { numRuns: 500 },
    );
  });
});

test('a text', () => {
  const check = (text: string, expected: string) => {
    expect(cleanText(text)).toEqual({ value: expected, changed: text !== expected });
  };

  check('web-1 \\', 'web-1 \\');
  check('a\\"b c', 'a\\"b c');
  check('a\nb\u202ec\u0085', 'abc');
  check('a\ud800b', 'ab');
  check('é😀', 'é😀');
  check('é'.repeat(200), 'é'.repeat(128));
  check('x'.repeat(200), 'x'.repeat(128));
});
