import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DIGITS_SLACK,
  writeDigits,
  writeNine,
  writeSigned,
  writeUnsigned,
} from '../../../shared/collectd-lines/digits.ts';

const MARK = 0x2a;

/** What `write` writes behind three bytes that must stay as they are; it may not go further than it says. */
function written(write: (out: DataView, p: number) => number): string {
  const bytes = Buffer.alloc(64, MARK);
  const end = write(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 3);
  expect(bytes.subarray(0, 3)).toEqual(Buffer.alloc(3, MARK));
  expect(bytes.subarray(end + DIGITS_SLACK)).toEqual(Buffer.alloc(64 - end - DIGITS_SLACK, MARK));
  return bytes.toString('latin1', 3, end);
}

const halves = (value: bigint) => [Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value))] as const;

function checkDigits(n: number) {
  expect(written((out, p) => writeDigits(out, p, n))).toBe(String(n));
}

function check64(value: bigint) {
  const [high, low] = halves(value);
  expect(written((out, p) => writeUnsigned(out, p, high, low))).toBe(String(BigInt.asUintN(64, value)));
  expect(written((out, p) => writeSigned(out, p, high, low))).toBe(String(BigInt.asIntN(64, value)));
}

test('whole numbers in doubles', () => {
  for (let power = 1; power <= 2 ** 53; power *= 10) for (const n of [power - 1, power, power + 1]) checkDigits(n);
  checkDigits(Number.MAX_SAFE_INTEGER);
  // just below a multiple of 10^9, where a quotient might be rounded up
  for (let k = 1; k < 9_007_199; k += 90_001) for (const n of [k * 1e9 - 1, k * 1e9, k * 1e9 + 1]) checkDigits(n);
  fc.assert(fc.property(fc.maxSafeNat(), checkDigits));
});

test('64 bits, signed and unsigned', () => {
  const edges = [0n, 1n, 10n ** 9n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 10n ** 18n, 2n ** 63n, 2n ** 64n];
  for (const edge of edges) for (const near of [edge - 1n, edge, edge + 1n, -edge, -edge - 1n]) check64(near);
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), check64));
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }), check64));
});

test('halves may be signed or not', () => {
  expect(written((out, p) => writeUnsigned(out, p, 0xffff_ffff, 0xffff_ffff))).toBe('18446744073709551615');
  expect(written((out, p) => writeUnsigned(out, p, -1, -1))).toBe('18446744073709551615');
});

test('nine digits', () => {
  const check = (n: number) => expect(written((out, p) => writeNine(out, p, n))).toBe(String(n).padStart(9, '0'));
  for (const n of [0, 1, 999, 1000, 999_999, 1_000_000, 123_456_789, 999_999_999]) check(n);
});
