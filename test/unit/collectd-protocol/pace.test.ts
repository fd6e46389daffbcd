import { expect, test } from 'vitest';
import { Pace } from '../../../shared/collectd-protocol/pace.ts';

test('a burst, then so many a second, however the time comes', () => {
  let now = 0;
  const pace = new Pace(5000, () => now);
  const turns = () => {
    let count = 0;
    while (pace.take()) count++;
    return count;
  };
  expect(turns()).toBe(16);
  expect(pace.waitMs).toBe(1);
  let sum = 0;
  for (const ms of [1, 1, 3, 0, 0.5, 2.5]) {
    now += ms;
    sum += turns();
  }
  expect(sum).toBe(40);
  // what was not used is not saved up for ever
  now += 60_000;
  expect(turns()).toBe(16);
});

test('slow ones say when it is worth asking again', () => {
  let now = 0;
  const pace = new Pace(2, () => now);
  for (let i = 0; i < 16; i++) expect(pace.take()).toBe(true);
  expect([pace.take(), pace.waitMs]).toEqual([false, 500]);
  now += 499;
  expect(pace.take()).toBe(false);
  now += 1;
  expect([pace.take(), pace.take()]).toEqual([true, false]);
});
