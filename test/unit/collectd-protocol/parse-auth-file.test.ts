import { expect, test } from 'vitest';
import { parseAuthFile } from '../../../shared/collectd-protocol/parse-auth-file.ts';

const passwordsIn = (text: string, maxUsers?: number) => {
  const { users } = parseAuthFile(Buffer.from(text, 'latin1'), maxUsers === undefined ? {} : { maxUsers });
  return Object.fromEntries([...users].map(([user, password]) => [user, password.toString('latin1')]));
};

test('users and passwords, as collectd 5.12 reads them', () => {
  const check = (text: string, expected: Record<string, string>) => expect(passwordsIn(text)).toEqual(expected);

  check('', {});
  check('alice: secret\n', { alice: 'secret' });
  check('alice:secret\nbob:other\n', { alice: 'secret', bob: 'other' });
  check('alice: secret', { alice: 'secret' });

  // blanks
  check(' \t alice: secret\n', { alice: 'secret' });
  check('\v\fcarol: c\n', { carol: 'c' });
  check('bob :x\n', { 'bob ': 'x' });
  check('\tbob\t:\t x y \t\r\n', { 'bob\t': 'x y \t' });
  check('a b: c d\n', { 'a b': 'c d' });

  // line ends
  check('alice: secret\r\n', { alice: 'secret' });
  check('alice: secret\r\r\n', { alice: 'secret' });
  check('alice: sec\rret\n', { alice: 'sec\rret' });

  // colons
  check('alice: :a:b:\n', { alice: ':a:b:' });
  check('alice::\n', { alice: ':' });

  // comments
  check('#a: b\n  #c: d\n# e\nf: #g\n#\n', { f: '#g' });

  // what is left out
  check('nocolon\n', {});
  check('dave:\ndave: \t\r\n', {});
  check(': nobody\n', {});
  check('\n \n\r\n', {});
  check('alice: 1\nalice: 2\n', { alice: '1' });
  check('a: x\0y\nb\0: z\n', {});

  // any byte
  check('\xe9\xff: \x80\n', { '\xe9\xff': '\x80' });
});

test('says what it leaves out, and never a password', () => {
  const check = (text: string, expected: [line: number, message: string][]) => {
    const { problems } = parseAuthFile(Buffer.from(text));
    expect(problems).toEqual(expected.map(([line, message]) => ({ line, message })));
  };
  check('# nothing\n\nalice: secret\n', []);
  check('a: 1\nsecret\n', [[2, 'no colon between user and password']]);
  check(': secret\n', [[1, 'no user']]);
  check('dave:\n', [[1, 'user "dave" has no password']]);
  check('é": 1\né": secret\n', [[2, 'user "é\\"" is there already, and the first entry counts']]);
  check('a: sec\0ret\n', [[1, 'a NUL byte']]);
  check(`a: 1\nb:${'x'.repeat(4094)}\n`, [[2, 'longer than 4095 bytes']]);
  check(`b:${'x'.repeat(4093)}\n`, []);
});

test('no more users than the limit', () => {
  expect(passwordsIn('a: 1\nb: 2\n', 2)).toEqual({ a: '1', b: '2' });
  expect(passwordsIn('a: 1\nb: 2\nc: 3\nd: 4\n', 2)).toEqual({ a: '1', b: '2' });
  const { problems } = parseAuthFile(Buffer.from('a: 1\nb: 2\nc: 3\nd: 4\n'), { maxUsers: 2 });
  expect(problems).toEqual([{ line: 3, message: 'more than 2 users' }]);
});
