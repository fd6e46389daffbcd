import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cdtimeOfNs, nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { cdtimeOfSeconds, intervalText, timeText } from '../../../shared/collectd-protocol/cdtime-text.ts';
import { times } from './arbitrary-text.ts';

/** As collectd reads it: strtod, times 2^30, the fraction cut off. */
const read = (text: string | undefined) => BigInt(Math.trunc(Number(text) * 2 ** 30));
const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

describe('a time', () => {
  test('is decimal seconds', () => {
    const check = (ns: bigint, expected: string) => expect(timeText(cdtimeOfNs(ns))).toBe(expected);

    check(1_700_000_000_000_000_000n, '1700000000');
    check(1_700_000_000_500_000_000n, '1700000000.5');
    // the next double
    check(1_700_000_000_123_456_789n, '1700000000.1234567');
    check(1_700_000_000_000_000_001n, '1700000000');
    check(1n, '0.000000001');
    check(1_000_000_001n, '1.000000001');
  });

  test('is not 0, negative or beyond 64 bits', () => {
    expect(timeText(0n)).toBeUndefined();
    expect(timeText(-1n)).toBeUndefined();
    expect(timeText(1n << 64n)).toBeUndefined();
    // its nearest double is 2^34 s
    expect(timeText((1n << 64n) - 1n)).toBeUndefined();
    expect(timeText((1n << 64n) - (1n << 12n))).toBe('17179869183.999996');
  });

  test('is read as the nearest time that passes through a double, with at most 9 decimals', () => {
    fc.assert(
      fc.property(times, (time) => {
        const text = timeText(time) ?? '';
        expect(text).toMatch(/^\d+(\.\d{1,9})?$/);
        const error = distance(read(text), time);
        // below 2^53 ticks nine decimals are a little coarser than a tick
        const half = time < 1n << 53n ? 2n : BigInt(2 ** (Math.floor(Math.log2(Number(time))) - 53));
        expect(error).toBeLessThanOrEqual(half);
      }),
    );
  });

  test('of this century is less than 250 ns off', () => {
    const thisCentury = fc.bigInt({ min: 946_684_800_000_000_000n, max: 4_102_444_800_000_000_000n });
    fc.assert(
      fc.property(thisCentury, (ns) => {
        expect(distance(nsOfCdtime(read(timeText(cdtimeOfNs(ns)))), ns)).toBeLessThan(250n);
      }),
    );
  });
});

describe('an interval', () => {
  test('has as many decimals as it needs', () => {
    const check = (ns: bigint, expected: string) => expect(intervalText(cdtimeOfNs(ns))).toBe(expected);

    check(10_000_000_000n, '10');
    check(500_000_000n, '0.5');
    check(100_000_000n, '0.1');
    check(1_250_000_000n, '1.25');
    // collectd's reading cuts 0.7 and 1.234 to the tick before the nearest
    check(700_000_000n, '0.700000001');
    check(1_234_000_000n, '1.234000001');
  });

  test('is read as the same ticks, up to 97 days', () => {
    const interval = fc.oneof(
      fc.bigInt({ min: 1n, max: 1n << 31n }),
      fc.bigInt({ min: 1n, max: 1n << 53n }),
      fc.bigInt({ min: (1n << 52n) - 1000n, max: (1n << 52n) + 1000n }),
    );
    fc.assert(
      fc.property(interval, (ticks) => {
        expect(intervalText(ticks)).toMatch(/^\d+(\.\d{1,10})?$/);
        expect(read(intervalText(ticks))).toBe(ticks);
      }),
      { numRuns: 300 },
    );
  });
});

test('seconds become ticks, and what a cdtime cannot hold nothing', () => {
  const check = (seconds: number, expected: bigint | undefined) => expect(cdtimeOfSeconds(seconds)).toBe(expected);

  check(0, 0n);
  check(1.5, 3n << 29n);
  check(0.7, 751_619_276n);
  check(2 ** 34 - 1, (2n ** 34n - 1n) << 30n);
  check(2 ** 34, undefined);
  check(-1, undefined);
  check(Number.NaN, undefined);
});
