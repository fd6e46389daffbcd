import { expect, test } from 'vitest';
import { formatDuration, parseDuration, secondsAsMs } from '../../../shared/config/duration.ts';

test('durations are read as Telegraf reads them', () => {
  const check = (text: string, expected: number | undefined) =>
    expect([text, parseDuration(text)]).toEqual([text, expected]);

  // Go's form
  check('10s', 10_000);
  check('1h30m', 5_400_000);
  check('250ms', 250);
  check('1.5s', 1500);
  check('.5s', 500);
  check('1.s', 1000);
  check('100us', 0.1);
  check('100µs', 0.1);
  check('100μs', 0.1);
  check('500ns', 0.0005);
  check('+2m', 120_000);
  check('-2m', -120_000);
  check('1h1h', 7_200_000);

  // days, fractions of them, mixed with others
  check('1d', 86_400_000);
  check('1.5d', 129_600_000);
  check('1d12h', 129_600_000);

  // digits are seconds, not milliseconds
  check('5', 5000);
  check('0.25', 250);
  check('0', 0);

  // nothing is nothing
  check('', 0);
  check('  10s ', 10_000);

  // none
  check('5 minutes', undefined);
  check('10 s', undefined);
  check('1w', undefined);
  check('10S', undefined);
  check('s', undefined);
  check('1h-30m', undefined);
  check('1e3', undefined);
  check('0x10', undefined);
  check('inf', undefined);

  // more than Go's 64 bits of nanoseconds
  check('292y', undefined);
  check('106751d', 9_223_286_400_000);
  check('106752d', undefined);
  check('9999999999999', undefined);
});

test('bare TOML numbers are seconds', () => {
  expect(secondsAsMs(1.5)).toBe(1500);
  expect(secondsAsMs(1e300)).toBeUndefined();
});

test('durations are written shortest', () => {
  const check = (ms: number, expected: string) => expect(formatDuration(ms)).toBe(expected);
  check(0, '0s');
  check(0.0005, '500ns');
  check(0.1, '100us');
  check(1, '1ms');
  check(1500, '1.5s');
  check(90_000, '1m30s');
  check(5_400_000, '1h30m');
  check(86_400_000, '24h');
  check(-5000, '-5s');
});
