import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  quoteField,
  quoteOptionValue,
  readOption,
  splitFields,
  splitOptions,
} from '../../../shared/collectd-protocol/field-text.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { bytes } from './arbitrary-text.ts';

describe('fields of a PUTVAL line', () => {
  test('are split at blanks and at closing quotes', () => {
    const check = (line: string, ...fields: string[]) => expect(splitFields(line as ByteString)).toEqual(fields);
    const checkBad = (line: string) => expect(isTextProblem(splitFields(line as ByteString))).toBe(true);

    check('');
    check('  ');
    check('a b', 'a', 'b');
    check(' a\t\r\v\f b ', 'a', 'b');
    check('"a b" c', 'a b', 'c');
    check('"" c', '', 'c');
    check('a"b c"', 'ab c');
    check('k="a b" c', 'k=a b', 'c');
    check('"a b"c', 'a b', 'c');
    check('h/"p i"/t', 'h/p i', '/t');
    check('"a\\"b\\\\c\\d"', 'a"b\\cd');
    check('a\\b', 'a\\b');
    check('a\\ b', 'a\\', 'b');
    check('\xa0a', '\xa0a');

    checkBad('"a');
    checkBad('a"');
    checkBad('"a\\');
    checkBad('"a\\"');
    // more fields than blanks separate end collectd
    checkBad('"a"b');
    checkBad('"a""b"');
    checkBad('""""');
  });

  test('come back from their quotes', () => {
    fc.assert(
      fc.property(fc.array(bytes('', 0, 20), { maxLength: 5 }), (fields) => {
        expect(splitFields(fields.map(quoteField).join(' ') as ByteString)).toEqual(fields);
      }),
    );
  });

  test('have no quotes without need', () => {
    const check = (field: string, expected: string) => expect(quoteField(field as ByteString)).toBe(expected);

    check('h/p-i/t', 'h/p-i/t');
    check('a\\b=c,d', 'a\\b=c,d');
    check('a b', '"a b"');
    check('a"b', '"a\\"b"');
    check('a\\b c', '"a\\\\b c"');
    check('', '""');
  });
});

test('an option is letters, digits, underscores and colons before an equals sign', () => {
  const check = (field: string, name?: string, value?: string) =>
    expect(readOption(field as ByteString)).toEqual(name === undefined ? undefined : { name, value });

  check('interval=10', 'interval', '10');
  check('meta:a_B9="x=y"', 'meta:a_B9', '"x=y"');
  check('a=', 'a', '');
  check('N:1');
  check('=5');
  check('inter-val=5');
  check('a b=c');
});

describe('options of a PUTNOTIF line', () => {
  test('run to a blank or to their closing quote', () => {
    const check = (text: string, ...expected: string[]) => {
      const read = splitOptions(text as ByteString);
      expect(isTextProblem(read) ? 'bad' : read.map(({ name, value }) => `${name}|${value}`)).toEqual(expected);
    };
    const checkBad = (text: string) => expect(isTextProblem(splitOptions(text as ByteString))).toBe(true);

    check('');
    check(' a=b  c=d\t', 'a|b', 'c|d');
    check('a="b c" d=e', 'a|b c', 'd|e');
    check('a="\\"\\\\\\n"', 'a|"\\n');
    check('a=b"c\\d', 'a|b"c\\d');
    check('a=""', 'a|');
    check('s:a:b_C=1', 's:a:b_C|1');
    check('a==', 'a|=');

    checkBad('a');
    checkBad('a=');
    checkBad('a= b=c');
    checkBad('a=b c');
    checkBad('=b');
    checkBad('a-b=c');
    checkBad('"a=b"');
    checkBad('a="b');
    checkBad('a="b\\"');
    checkBad('a="b"c');
    checkBad('a="b"c=d');
  });

  test('come back from their quotes', () => {
    fc.assert(
      fc.property(fc.array(bytes('', 0, 20), { maxLength: 5 }), (values) => {
        const text = values.map((value, i) => `k${i}=${quoteOptionValue(value)}`).join(' ');
        const expected = values.map((value, i) => ({ name: `k${i}`, value }));
        expect(splitOptions(text as ByteString)).toEqual(expected);
      }),
    );
  });

  test('have no quotes without need', () => {
    const check = (value: string, expected: string) => expect(quoteOptionValue(value as ByteString)).toBe(expected);

    check('a', 'a');
    check('a"b\\', 'a"b\\');
    check('"a', '"\\"a"');
    check('a b', '"a b"');
    check('', '""');
  });
});
