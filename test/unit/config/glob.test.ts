import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, GlobError } from '../../../shared/config/glob.ts';

test('globs match as gobwas v0.2.3 does, whose verdicts these are', () => {
  const check = (glob: string, text: string, expected: boolean) =>
    expect([glob, text, compileGlob(glob)(text)]).toEqual([glob, text, expected]);

  // any text, also separators of paths and hidden files
  check('cpu*', 'cpu0', true);
  check('cpu*', 'cpu/0', true);
  check('cpu*', 'cpu', true);
  check('*', 'anything/at.all', true);
  check('*', '', true);
  check('*', '.hidden', true);
  check('**', 'a/b', true);
  check('a***b', 'axb', true);
  check('/var/*', '/var/a/b', true);
  check('*.log', '.log', true);
  check('*/x', 'a/b/x', true);
  check('a*z', 'a\nz', true);
  check('*cpu*', 'xcpuy', true);
  check('a*b*c', 'aXbYc', true);
  check('a*b*c', 'acb', false);
  check('*a*', 'bbb', false);
  check('?*', 'a', true);
  check('*?', '', false);

  // one character
  check('c?u', 'cpu', true);
  check('c?u', 'cu', false);
  check('???', 'äöü', true);

  // one of some
  check('[abc]', 'b', true);
  check('[abc]', 'd', false);
  check('[a-z]', 'm', true);
  check('[a-z]', 'M', false);
  check('[à-ü]', 'é', true);
  check('[!a-z]', 'M', true);
  check('[!a-z]', 'm', false);
  check('[!abc]', 'd', true);
  check('[!abc]', 'a', false);
  check('[^abc]', '^', true);
  check('[^abc]', 'd', false);
  check('[-a]', '-', true);
  check('[a\\]b]', ']', true);
  check('[*]', '*', true);
  check('[,]', ',', true);
  check('[{]', '{', true);
  check('cpu[0-3]', 'cpu2', true);
  check('cpu[!0-3]', 'cpu2', false);

  // alternatives
  check('{a,b}', 'a', true);
  check('{a,b}', 'c', false);
  check('{cpu,mem}*', 'memory', true);
  check('{a,}b', 'b', true);
  check('{,a}b', 'b', true);
  check('{}', '', true);
  check('{}', '{}', false);
  check('{a,{b,c}d}', 'cd', true);
  check('{a*,b?}', 'axyz', true);
  check('{a\\,b,c}', 'a,b', true);
  check('{[a,b],c}', ',', true);
  check('{ a,b}', ' a', true);
  check('net_{rx,tx}_[ab]?', 'net_tx_b9', true);

  // ordinary characters
  check('', '', true);
  check('', 'a', false);
  check('disk.io', 'disk.io', true);
  check('disk.io', 'diskxio', false);
  check('!a', '!a', true);
  check('a,b', 'a,b', true);
  check('a]', 'a]', true);
  check('a}', 'a}', true);

  // escapes
  check('\\*', '*', true);
  check('\\*', 'a', false);
  check('\\\\', '\\', true);
  check('\\a', 'a', true);
  check('\\{a\\}', '{a}', true);
  check('a\\', 'a', true);
});

test('where we are not like gobwas', () => {
  // refused there
  expect(compileGlob('[a-zA-Z0-9]')('5')).toBe(true);
  // wrong there: bytes are counted, an empty text is none of any characters
  expect(compileGlob('c?u')('cöu')).toBe(true);
  expect(compileGlob('[!abc]')('')).toBe(false);
  expect(compileGlob('[\\-a]')('-')).toBe(true);
  // guessed there
  expect(() => compileGlob('{a,b')).toThrow(new GlobError('"{" has no "}"'));
});

test('what cannot be read is refused', () => {
  const check = (glob: string, message: string) => expect(() => compileGlob(glob)).toThrow(new GlobError(message));
  check('[a', '"[" has no "]"');
  check('[a\\', '"[" has no "]"');
  check('[]', 'there is nothing between "[" and "]"');
  check('[!]', 'there is nothing between "[" and "]"');
  check('[a-]', 'a range between "[" and "]" has no end');
  check('[z-a]', 'a range between "[" and "]" has no end');
  check('{a,[}', '"[" has no "]"');
});

test('an escaped text matches itself and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
      const glob = compileGlob([...text].map((character) => `\\${character}`).join(''));
      expect(glob(text)).toBe(true);
      if (other !== text) expect(glob(other)).toBe(false);
    }),
  );
});

test('a glob agrees with the regular expression for it', () => {
  const part = fc.constantFrom('*', '?', 'a', 'b', '.', '[ab]', '[!a]', '{a,b*}', '{,b}', '{a,{b,c}}');
  const EXPRESSIONS: Record<string, string> = {
    '*': '[^]*',
    '?': '[^]',
    '.': '\\.',
    '[!a]': '[^a]',
    '{a,b*}': '(?:a|b[^]*)',
    '{,b}': '(?:|b)',
    '{a,{b,c}}': '(?:a|b|c)',
  };
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.') }),
      (parts, text) => {
        const expression = new RegExp(`^${parts.map((p) => EXPRESSIONS[p] ?? p).join('')}$`);
        expect(compileGlob(parts.join(''))(text)).toBe(expression.test(text));
      },
    ),
    { numRuns: 500 },
  );
});

test('no glob makes a text take long', () => {
  const began = performance.now();
  expect(compileGlob(`${'*a'.repeat(20)}b`)('a'.repeat(5000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(15_000);
});
