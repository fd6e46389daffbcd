import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedText, MAX_FLOAT_BYTES, writeFloat } from '../../../shared/collectd-lines/float-text.ts';

function check(value: number) {
  const bytes = Buffer.alloc(64, 0x2a);
  const end = writeFloat(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 3, value);
  expect(bytes.toString('latin1', 0, end)).toBe(`***${Object.is(value, -0) ? '-0' : String(value)}`);
  expect(end - 3).toBeLessThanOrEqual(MAX_FLOAT_BYTES);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('a double is written as String writes it', () => {
  test('at the edges', () => {
    for (const value of [
      0,
      1,
      1.5,
      2 ** 53 - 1,
      2 ** 53,
      2 ** 64,
      1e14,
      1e15,
      1e20,
      1e21,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
    ]) {
      check(value);
      check(-value);
      check(1 / value === Number.POSITIVE_INFINITY ? 1 : 1 / value);
    }
    for (let power = -8; power < 23; power++) {
      for (const digits of [
        '1',
        '1.5',
        '9.99999999999999',
        '1.00000000000001',
        '9.999999999999999',
        '1.000000000000001',
      ]) {
        check(Number(`${digits}e${power}`));
      }
    }
    check(-2.2250738585072014e-308);
  });

  test('decimals of every length, and their neighbours', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.integer({ min: -22, max: 5 }));
    const value = decimal.map(([digits, exponent]) => Number(`${digits}e${exponent}`));
    const next = new DataView(new ArrayBuffer(8));
    fc.assert(
      fc.property(value, fc.integer({ min: -2, max: 2 }), (number, steps) => {
        next.setFloat64(0, number);
        next.setBigInt64(0, BigInt.asIntN(63, next.getBigInt64(0) + BigInt(number === 0 ? 0 : steps)));
        check(next.getFloat64(0));
        check(-number);
      }),
      { numRuns: 2000 },
    );
  });

  test('any bits', () => {
    fc.assert(fc.property(finite, check), { numRuns: 1000 });
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), check), { numRuns: 1000 });
  });
});

describe('six decimals', () => {
  test('as printf writes them', () => {
    const checkFixed = (value: number, expected: string) => {
      expect(fixedText(value)).toBe(expected);
      expect(fixedText(-value)).toBe(`-${expected}`);
    };
    checkFixed(0, '0.000000');
    checkFixed(1, '1.000000');
    checkFixed(1 / 3, '0.333333');
    checkFixed(2 / 3, '0.666667');
    checkFixed(1e-9, '0.000000');
    checkFixed(123_456_789.123, '123456789.123000');
    checkFixed(1e22, '10000000000000000000000.000000');
    checkFixed(2 ** 100, '1267650600228229401496703205376.000000');
    // halves go to the even digit; a load of 2.0703125 is one
    checkFixed(0.0078125, '0.007812');
    checkFixed(0.0234375, '0.023438');
    checkFixed(2.0703125, '2.070312');
    checkFixed(2.0859375, '2.085938');
    expect(fixedText(Number.MAX_VALUE)).toHaveLength(309 + 7);
  });
});
