import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../shared/log/trouble-summary.ts';
import { Nap } from '../../../shared/plugin/nap.ts';

/** Time that passes only when a test or a nap lets it pass. */
let now = 0;
let naps = 0;

beforeEach(() => {
  now = 0;
  naps = 0;
  vi.spyOn(systemClock, 'now').mockImplementation(() => now);
  vi.spyOn(Atomics, 'wait').mockImplementation((_cell: unknown, _index: unknown, _value: unknown, ms?: number) => {
    naps++;
    now += ms ?? Number.POSITIVE_INFINITY;
    return 'timed-out';
  });
});
afterEach(() => vi.restoreAllMocks());

/** So many reads of n bytes, so many milliseconds apart; gives how many naps followed. */
function reads(nap: Nap, count: number, n: number, apartMs: number): number {
  const before = naps;
  for (let i = 0; i < count; i++) {
    now += apartMs;
    nap.afterRead(n);
  }
  return naps - before;
}

test('never with 0', () => {
  expect(reads(new Nap(0), 1000, 600, 0.01)).toBe(0);
});

test('none while lines come slowly, below 5,000 reads a second', () => {
  expect(reads(new Nap(1), 1000, 100, 1)).toBe(0);
  expect(reads(new Nap(1), 1000, 100, 0.21)).toBe(0);
});

test('after every read once lines come fast and naps gather them', () => {
  const nap = new Nap(1);
  const first = reads(nap, 60, 600, 0.05);
  expect(first).toBeGreaterThan(10);
  expect(first).toBeLessThan(60); // not for a short burst
  expect(reads(nap, 100, 600, 0.05)).toBe(100);
});

test('sleeps as long as it was told', () => {
  const nap = new Nap(0.5);
  const start = now;
  expect(reads(nap, 200, 600, 0.05)).toBeGreaterThan(100);
  expect(now - start).toBeCloseTo(200 * 0.05 + naps * 0.5);
});

test('no more when a nap gathered too little to be worth it', () => {
  const nap = new Nap(1);
  reads(nap, 100, 600, 0.05);
  expect(reads(nap, 10, 100, 0.05)).toBe(0);
  // and again when lines come fast for a while
  expect(reads(nap, 100, 600, 0.05)).toBeGreaterThan(50);
});

test('none for a while after the writer was held up by one, none after large reads', () => {
  const nap = new Nap(1);
  reads(nap, 100, 600, 0.05);
  expect(reads(nap, 1, 60_000, 0.05)).toBe(0);
  expect(reads(nap, 64, 600, 0.05)).toBe(0);
  expect(reads(nap, 20, 600, 0.05)).toBe(20);
  expect(reads(new Nap(1), 1000, 65_536, 0.01)).toBe(0);
});
