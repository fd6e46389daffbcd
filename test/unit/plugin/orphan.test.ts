import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchParent } from '../../../shared/plugin/orphan.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a parent that has gone is noticed within a second, and told once', () => {
  let ppid = 1; // collectd may be the first process of a container
  const gone = vi.fn();
  watchParent(gone, () => ppid);
  vi.advanceTimersByTime(10_000);
  expect(gone).not.toHaveBeenCalled();
  ppid = 77;
  vi.advanceTimersByTime(1000);
  ppid = 78;
  vi.advanceTimersByTime(10_000);
  expect(gone).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a watch that is ended notices nothing', () => {
  let ppid = 5;
  const gone = vi.fn();
  watchParent(gone, () => ppid)();
  ppid = 1;
  vi.advanceTimersByTime(10_000);
  expect(gone).not.toHaveBeenCalled();
});
