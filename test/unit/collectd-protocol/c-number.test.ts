import { expect, test } from 'vitest';
import { readDouble, readInteger } from '../../../shared/collectd-protocol/c-number.ts';

test('a double is read as far as strtod reads', () => {
  const check = (text: string, value: number, length = text.length) =>
    expect(readDouble(text)).toEqual({ value, length });
  const checkNone = (text: string) => expect(readDouble(text)).toBeUndefined();

  // decimal
  check('1', 1);
  check('-1.5', -1.5);
  check('+.5', 0.5);
  check('5.', 5);
  check('1e3', 1000);
  check('1E-3', 0.001);
  check(' \t1', 1);
  check('-0', -0);
  check('1e400', Number.POSITIVE_INFINITY);
  check('1e-400', 0);

  // what follows stays
  check('1.5abc', 1.5, 3);
  check('1,5', 1, 1);
  check('1e', 1, 1);
  check('1e+', 1, 1);
  check('1 ', 1, 1);

  // hexadecimal
  check('0x10', 16);
  check('-0XfF', -255);
  check('0x1.8p1', 3);
  check('0x.8', 0.5);
  check('0x1p-1074', 5e-324);
  check('0x0p99999', 0);
  check('0x', 0, 1);
  check('0xg', 0, 1);
  check('0x1p', 1, 3);

  // names
  check('inf', Number.POSITIVE_INFINITY);
  check('-Infinity', Number.NEGATIVE_INFINITY);
  check('infx', Number.POSITIVE_INFINITY, 3);
  check('NaN', Number.NaN);
  check('nan(0x1)', Number.NaN);
  check('nan(', Number.NaN, 3);

  // nothing
  checkNone('');
  checkNone('u');
  checkNone('.');
  checkNone('+');
  checkNone('e5');
  checkNone('--1');
});

test('an integer is read as far as strtoll with base 0 reads', () => {
  const check = (text: string, value: bigint, length = text.length) =>
    expect(readInteger(text)).toEqual({ value, length });
  const checkNone = (text: string) => expect(readInteger(text)).toBeUndefined();

  check('0', 0n);
  check('-17', -17n);
  check('+17', 17n);
  check('18446744073709551616', 2n ** 64n);
  check('010', 8n);
  check('0x1F', 31n);
  check(' 1', 1n);

  check('1.9', 1n, 1);
  check('1e3', 1n, 1);
  check('08', 0n, 1);
  check('0x', 0n, 1);

  checkNone('');
  checkNone('-');
  checkNone('x');
  checkNone('U');
});
