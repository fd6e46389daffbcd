import { expect, test } from 'vitest';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { extractAround, lineProtocolError, visible, visibleBytes } from '../../../shared/line-protocol/messages.ts';

test('foreign text is shown in one line and in its own order', () => {
  const check = (text: string, expected: string) => expect(visible(text)).toBe(expected);

  check('a b é 😀', 'a b é 😀');
  check('a\nb\r\tc', 'a\\nb\\r\\tc');
  check('\x1b[31m\x00\x7f\x85', '\\x1b[31m\\x00\\x7f\\x85');
  check('\u202eabc\u2028', '\\u202eabc\\u2028');
});

test('bytes are cut at 40 characters', () => {
  expect(visibleBytes('x'.repeat(50) as ByteString)).toBe('x'.repeat(40));
  expect(visibleBytes('\xc3\xa9'.repeat(50) as ByteString)).toBe('é'.repeat(40));
  expect(visibleBytes('a\xff' as ByteString)).toBe('a\ufffd');
});

test('an extract surrounds the place and stays within the record', () => {
  const check = (text: string, at: number, expected: string) => {
    const bytes = Buffer.from(`before\n${text}\nafter`);
    expect(extractAround(bytes, 7, bytes.length - 6, 7 + at)).toBe(expected);
  };

  check('m f=x 1', 4, 'm f=x 1');
  check('m f=x 1', 7, 'm f=x 1');
  check(`${'a'.repeat(100)}!${'b'.repeat(100)}`, 100, `${'a'.repeat(20)}!${'b'.repeat(19)}`);
  check(`${'é'.repeat(50)}!`, 100, `${'é'.repeat(10)}!`);
  check(`x${'é'.repeat(50)}!`, 101, `${'é'.repeat(11)}!`.slice(1));
  check('', 0, '');
  check('m f=x\r\n', 4, 'm f=x');
  check('m s="a\nb"x', 9, 'm s="a\\nb"x');
});

test('an error carries code, place and extract', () => {
  const bytes = Buffer.from('m f=1x 1\n');
  const error = lineProtocolError('bad_field_value', bytes, { start: 0, end: 8 }, { at: 5, line: 3, column: 6 });
  expect(error).toMatchObject({ code: 'bad_field_value', line: 3, column: 6, extract: 'm f=1x 1' });
  expect(error.message).toMatch(/^Field value is .* at 3:6: "m f=1x 1"$/);
});
