import { expect, test } from 'vitest';
import { cleanContextValue, fieldText } from '../../../plugins/surrogate_context/context-values.ts';
import { fromByteString } from '../../../shared/line-protocol/byte-string.ts';

test('values without what a tag must not hold', () => {
  const check = (value: string, expected: string) => {
    const clean = cleanContextValue(value);
    expect([fromByteString(clean.text), clean.changed]).toEqual([expected, value !== expected]);
  };

  // untouched
  check('media_dash', 'media_dash');
  check('a b,c=d', 'a b,c=d');
  check('Brüssel 東京 😀', 'Brüssel 東京 😀');
  check('C:\\x', 'C:\\x');

  // control characters, among them the newline that would end the line
  check('a\nb', 'ab');
  check('a\u0000\u001f\u007f\u0085b', 'ab');
  check('a\u2028b\u2029c', 'abc');

  // characters that turn the direction of writing
  check('user\u202e\u2066gpj.exe', 'usergpj.exe');
  check('\u200e\u200f\u061ca', 'a');

  // backslashes at the end, also those that come to stand there
  check('a\\', 'a');
  check('a\\\\\\', 'a');
  check('a\\\n', 'a');
  check(`${'x'.repeat(127)}\\y`, 'x'.repeat(127));

  // long; a character outside of the BMP counts once and is not cut in two
  check('x'.repeat(129), 'x'.repeat(128));
  check('😀'.repeat(129), '😀'.repeat(128));

  // nothing left
  check('\n\\', '');
});

test('numbers as float fields', () => {
  expect([0, -0.778276, 50.842715, 1e-7].map(fieldText)).toEqual(['0', '-0.778276', '50.842715', '1e-7']);
});
