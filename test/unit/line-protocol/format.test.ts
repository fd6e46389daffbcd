import { describe, expect, test } from 'vitest';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { LineProtocolError } from '../../../shared/line-protocol/errors.ts';
import {
  formatBoolean,
  formatFieldKey,
  formatFloat,
  formatInteger,
  formatMeasurement,
  formatPoint,
  formatString,
  formatTagKey,
  formatTagValue,
  formatTime,
  formatUnsigned,
  type Point,
  whyUnwritable,
} from '../../../shared/line-protocol/format.ts';

const bytes = (text: string) => toByteString(text);
const raw = (text: string) => text as ByteString;

describe('names', () => {
  test('a measurement', () => {
    const check = (name: string, expected: string | undefined) => expect(formatMeasurement(bytes(name))).toBe(expected);

    check('cpu', 'cpu');
    check('m#x', 'm#x');
    check('a b,c', 'a\\ b\\,c');
    check('a=b', 'a=b');
    check('"m"', '"m"');
    check(' m', '\\ m');
    check('a\\\\b', 'a\\\\b');
    check('a\\nb', 'a\\nb');
    check('\\"q r', '\\"q\\ r');
    check('é', '\xc3\xa9');
    check('\ufeffm', '\xef\xbb\xbfm');

    // no text says these to every parser
    check('', undefined);
    check('#m', undefined);
    check('m\\', undefined);
    check('a\\ b', undefined);
    check('a\\,b', undefined);
    check('a\\=b', undefined);
    check('a\\\\ b', undefined);
    check('a\nb', undefined);
    check('a\x7fb', undefined);
    check('a\tb', undefined);
  });

  test('tag keys, tag values and field keys', () => {
    const checkTag = (name: string, expected: string | undefined) => {
      expect(formatTagKey(bytes(name))).toBe(expected);
      expect(formatTagValue(bytes(name))).toBe(expected);
    };
    const checkField = (name: string, expected: string | undefined) =>
      expect(formatFieldKey(bytes(name))).toBe(expected);
    const check = (name: string, expected: string | undefined) => {
      checkTag(name, expected);
      checkField(name, expected);
    };

    check('a', 'a');
    check('a b,c=d', 'a\\ b\\,c\\=d');
    check('#a', '#a');
    check('"q"', '"q"');
    check('"q r"', '"q\\ r"');
    check('C:\\Program Files', 'C:\\Program\\ Files');
    check('\\"q', '\\"q');
    check('x\\ny', 'x\\ny');

    // in tags the byte just before decides for both parsers, in field keys only for one
    checkTag('b\\,c', 'b\\\\,c');
    checkField('b\\,c', undefined);
    checkTag('b\\ c', 'b\\\\ c');
    checkField('b\\ c', undefined);
    checkTag('b\\=c', 'b\\\\=c');
    checkField('b\\=c', undefined);

    check('', undefined);
    check('a\\', undefined);
    check('\\', undefined);
    check('a\x00b', undefined);
    check('a\nb', undefined);
    // Telegraf reads \" as " as soon as something else is escaped (vectors 114, 135)
    check('\\"q r', undefined);
    check('a=\\"', undefined);
  });

  test('bytes that are not UTF-8 are refused', () => {
    for (const name of ['\xff\xfe', 'a\xc3', '\xed\xa0\x80', '\xc0\xaf']) {
      expect(formatMeasurement(raw(name))).toBeUndefined();
      expect(formatTagValue(raw(name))).toBeUndefined();
      expect(formatString(raw(name))).toBeUndefined();
    }
  });
});

describe('values', () => {
  test('a string', () => {
    const check = (value: string, expected: string) => expect(formatString(bytes(value))).toBe(expected);

    check('', '""');
    check('a', '"a"');
    check('a b,c=d', '"a b,c=d"');
    check('a"b', '"a\\"b"');
    check('a\\', '"a\\\\"');
    check('\\n', '"\\\\n"');
    check('a\nb\r\nc\x00', '"a\nb\r\nc\x00"');
    check('#é', '"#\xc3\xa9"');
  });

  test('a float is the shortest text of its double', () => {
    const check = (value: number, expected: string | undefined) => expect(formatFloat(value)).toBe(expected);

    check(1, '1');
    check(0.1, '0.1');
    check(0, '0');
    check(-0, '-0');
    check(1e21, '1e+21');
    check(1e-7, '1e-7');
    check(5e-324, '5e-324');
    check(1.7976931348623157e308, '1.7976931348623157e+308');
    check(Number.NaN, undefined);
    check(Number.POSITIVE_INFINITY, undefined);
    check(Number.NEGATIVE_INFINITY, undefined);
  });

  test('integers are exact in 64 bits or refused', () => {
    const check = (value: bigint | number, integer: string | undefined, unsigned: string | undefined) => {
      expect(formatInteger(value)).toBe(integer);
      expect(formatUnsigned(value)).toBe(unsigned);
    };

    check(0, '0i', '0u');
    check(-0, '0i', '0u');
    check(-1, '-1i', undefined);
    check(2 ** 53 - 1, '9007199254740991i', '9007199254740991u');
    check(2 ** 53, undefined, undefined);
    check(1.5, undefined, undefined);
    check(Number.NaN, undefined, undefined);
    check(9007199254740993n, '9007199254740993i', '9007199254740993u');
    check(2n ** 63n - 1n, '9223372036854775807i', '9223372036854775807u');
    check(2n ** 63n, undefined, '9223372036854775808u');
    check(-(2n ** 63n), '-9223372036854775808i', undefined);
    check(-(2n ** 63n) - 1n, undefined, undefined);
    check(2n ** 64n - 1n, undefined, '18446744073709551615u');
    check(2n ** 64n, undefined, undefined);
  });

  test('booleans and times', () => {
    expect(formatBoolean(true)).toBe('true');
    expect(formatBoolean(false)).toBe('false');
    expect(formatTime(1700000000123456789n)).toBe('1700000000123456789');
    expect(formatTime(-1n)).toBe('-1');
    expect(formatTime(2n ** 63n)).toBeUndefined();
    expect(formatTime(-(2n ** 63n) - 1n)).toBeUndefined();
  });
});

describe('a point', () => {
  const point: Point = {
    measurement: bytes('cpu load'),
    tags: [[bytes('host'), bytes('node 1')]],
    fields: [
      [bytes('n'), { kind: 'integer', value: 2n ** 63n - 1n }],
      [bytes('text'), { kind: 'string', value: bytes('a"b') }],
    ],
    timeNs: 1700000000123456789n,
  };

  test('is one line', () => {
    const line = 'cpu\\ load,host=node\\ 1 n=9223372036854775807i,text="a\\"b" 1700000000123456789';
    expect(formatPoint(point)).toBe(line);
    expect(formatPoint({ ...point, timeNs: undefined })).toBe(line.replace(/ \d+$/, ''));
  });

  test('that cannot be written says which part and where', () => {
    const check = (change: Partial<Point>, column: number, message: RegExp) => {
      const error = thrownBy(() => formatPoint({ ...point, ...change }));
      expect(error.code).toBe('unwritable');
      expect([error.line, error.column]).toEqual([1, column]);
      expect(error.message).toMatch(message);
    };
    const one = { kind: 'float', value: 1 } as const;

    check({ measurement: bytes('') }, 1, /^Measurement is empty at 1:1: ""$/);
    check({ measurement: bytes('#m') }, 1, /comment/);
    check({ tags: [[bytes('a\nb'), bytes('c')]] }, 10, /^Tag key holds a control character at 1:10: "a\\nb"$/);
    check({ tags: [[bytes('a'), bytes('c\\')]] }, 12, /^Tag value ends in a backslash/);
    check(
      { tags: [point.tags[0] ?? never(), point.tags[0] ?? never()] },
      23,
      /^Line has the tag key twice at 1:23: "host"$/,
    );
    check({ tags: [], fields: [] }, 10, /no fields/);
    check(
      { tags: [], fields: [[bytes('a'), { kind: 'float', value: Number.NaN }]] },
      12,
      /finite number at 1:12: "NaN"/,
    );
    check({ tags: [], fields: [[bytes('a\\ '), one]] }, 10, /^Field key has a backslash before/);
    check({ tags: [], fields: [[bytes('a'), { kind: 'string', value: raw('\xff') }]] }, 12, /not valid UTF-8/);
    check(
      {
        tags: [],
        fields: [
          [bytes('a'), one],
          [bytes('a'), one],
        ],
      },
      14,
      /^Line has the field key twice/,
    );
    check({ tags: [], fields: [[bytes('a'), one]], timeNs: 2n ** 63n }, 14, /^Timestamp does not fit/);
    check({ tags: [[bytes('a'), bytes('\\"b c')]] }, 12, /backslash before a quote/);
  });

  test('integers out of range are named', () => {
    expect(whyUnwritable('field value', 2n ** 64n)).toMatch(/64 bits/);
    expect(whyUnwritable('field value', 2 ** 53)).toMatch(/not exact/);
  });
});

function thrownBy(action: () => unknown): LineProtocolError {
  try {
    action();
  } catch (error) {
    if (error instanceof LineProtocolError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

function never(): never {
  throw new Error('No tag');
}
