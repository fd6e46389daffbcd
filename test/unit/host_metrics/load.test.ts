import { expect, test } from 'vitest';
import { parseLoad, parseUptime } from '../../../examples/write-a-plugin/host_metrics/load.ts';

test('load averages', () => {
  expect(parseLoad('0.08 1.13 22.14 1/89 12531\n')).toEqual({
    load1: 0.08,
    load5: 1.13,
    load15: 22.14,
  });
  expect(parseLoad('')).toBeUndefined();
  expect(parseLoad('0.08 0.13\n')).toBeUndefined();
});

test('uptime in whole seconds', () => {
  expect(parseUptime('1127.50 2036.13\n')).toBe(1127n);
  expect(parseUptime('0.99 0.00\n')).toBe(0n);
  expect(parseUptime('soon\n')).toBeUndefined();
});
