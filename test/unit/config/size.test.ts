import { expect, test } from 'vitest';
import { formatSize, parseSize } from '../../../shared/config/size.ts';

test('sizes are read as Telegraf reads them', () => {
  const check = (text: string, expected: number | undefined) =>
    expect([text, parseSize(text)]).toEqual([text, expected]);

  check('1024', 1024);
  check('64KiB', 65_536);
  check('3MB', 3_000_000);
  check('1GiB512MiB', 1_610_612_736);
  check('1.5KiB', 1536);
  check('100B', 100);
  check('1TB', 1e12);
  check('', 0);
  check('-1KB', -1000);

  // case matters, a unit has a B
  check('64kb', undefined);
  check('64K', undefined);
  check('64 KiB', undefined);
  check('KiB', undefined);
  check('1.5', undefined);

  // what a double cannot count
  check('16EiB', undefined);
});

test('sizes are written in the largest whole unit', () => {
  const check = (bytes: number, expected: string) => expect(formatSize(bytes)).toBe(expected);
  check(0, '0B');
  check(1000, '1000B');
  check(1536, '1536B');
  check(65_536, '64KiB');
  check(2_097_152, '2MiB');
});
