import { describe, expect, test } from 'vitest';
import { nanosecondClock } from '../../../shared/plugin/clock.ts';

/** A time of day in whole milliseconds and a counter that nobody sets, as they are while so many nanoseconds pass. */
function fakeTime(startMs: number) {
  const time = { day: BigInt(startMs) * 1_000_000n, ticks: 5_000_000_000n };
  return {
    pass(ns: bigint) {
      time.day += ns;
      time.ticks += ns;
    },
    /** Somebody sets the time of day. */
    set(ms: number) {
      time.day = BigInt(ms) * 1_000_000n;
    },
    get day() {
      return time.day;
    },
    clock: nanosecondClock(
      () => Number(time.day / 1_000_000n),
      () => time.ticks,
    ),
  };
}

describe('the clock in nanoseconds', () => {
  const start = 1_795_259_876_543;

  test('gives two points of one millisecond two times', () => {
    const time = fakeTime(start);
    const first = time.clock();
    time.pass(1000n);
    expect(time.clock()).toBe(first + 1000n);
    time.pass(1n);
    expect(time.clock()).toBe(first + 1001n);
  });

  test('stays within a millisecond of the time of day, and never goes back by itself', () => {
    const time = fakeTime(start);
    let last = time.clock();
    for (let i = 0; i < 5000; i++) {
      time.pass(BigInt((i * 7919) % 1_700_000));
      const at = time.clock();
      expect(at).toBeGreaterThanOrEqual(last);
      expect(Number(at - time.day)).toBeLessThan(1_000_000);
      expect(Number(at - time.day)).toBeGreaterThan(-1_000_000);
      last = at;
    }
  });

  test('follows the time of day when that is set, in both directions', () => {
    const time = fakeTime(start);
    time.clock();
    for (const ms of [start + 3_600_000, start - 86_400_000, start - 86_400_000 + 5, 0, start]) {
      time.set(ms);
      expect(time.clock()).toBe(BigInt(ms) * 1_000_000n);
      time.pass(10n);
      expect(time.clock()).toBe(BigInt(ms) * 1_000_000n + 10n);
    }
  });
});
