import { expect, test } from 'vitest';
import { oneLine } from '../../../shared/log/one-line.ts';

test('a text becomes one line', () => {
  const check = (text: string, expected: string, maxBytes = 100) => expect(oneLine(text, maxBytes)).toBe(expected);

  check('plain', 'plain');
  check('Grüße', 'Grüße');
  check('Error: no\n    at f (x.js:1)\r\n    at g\n', 'Error: no | at f (x.js:1) | at g');
  check('a\tb', 'a b');
  check('\x1b[31mred\x07', '\\x1b[31mred\\x07');
  check('a\u2028b\u202ec\u0085d', 'a\\u2028b\\u202ec\\x85d');
  check('a\rE! b', 'a | E! b');

  // cut at a character; the newline takes a byte
  check('abcdefghij', 'abcdefghij', 11);
  check('abcdefghij', 'abcdef…', 10);
  check('äöüßäöüß', 'äöü…', 10);
  check('a😀😀😀', 'a😀…', 10);
});

test('no text takes long', () => {
  const began = performance.now();
  oneLine(`${' '.repeat(1_000_000)}x`, 8192);
  oneLine('\n'.repeat(1_000_000), 8192);
  expect(performance.now() - began).toBeLessThan(15_000);
});
