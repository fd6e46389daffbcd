import { expect, test } from 'vitest';
import { memFields, parseMemInfo } from '../../../examples/write-a-plugin/host_metrics/mem.ts';

const MEMINFO = `MemTotal:       24684084 kB
MemFree:        23843804 kB
MemAvailable:   24278164 kB
Buffers:           21060 kB
Cached:           569140 kB
Active(anon):       1552 kB
SReclaimable:     129672 kB
VmallocTotal:   34359738367 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
`;

test('entries in bytes, counts as they are', () => {
  const check = (text: string, expected: Record<string, bigint>) =>
    expect(Object.fromEntries(parseMemInfo(text))).toEqual(expected);

  check('MemTotal:       24684084 kB\n', { MemTotal: 25276502016n });
  check('Active(anon):       1552 kB\n', { 'Active(anon)': 1589248n });
  check('HugePages_Total:       3\n', { HugePages_Total: 3n });
  check('X: 18446744073709551615 kB\n', { X: 18889465931478580853760n });

  // not an entry
  check('', {});
  check('MemTotal 1 kB\nMemTotal: kB\nMemTotal: -1 kB\nMemTotal: 1 MB\n', {});
});

test("Telegraf's fields", () => {
  const fields = memFields(parseMemInfo(MEMINFO));
  const integers = Object.fromEntries(fields?.integers ?? []);
  expect(integers).toMatchObject({
    total: 25276502016n,
    used: 415662080n, // total - available
    cached: 715583488n, // Cached + SReclaimable
    huge_pages_total: 3n,
    huge_page_size: 2097152n,
    vmalloc_total: 35184372087808n,
    high_total: 0n, // an entry of 32 bit kernels
  });
  expect(Object.keys(integers)).toHaveLength(32);
  expect(Object.fromEntries(fields?.floats ?? [])).toEqual({
    available_percent: (100 * 24860839936) / 25276502016,
    used_percent: (100 * 415662080) / 25276502016,
  });
});

test('a text that is no meminfo gives nothing', () => {
  expect(memFields(parseMemInfo(''))).toBeUndefined();
  expect(memFields(parseMemInfo('MemTotal: 0 kB\nMemAvailable: 0 kB\n'))).toBeUndefined();
  expect(memFields(parseMemInfo('MemTotal: 5 kB\n'))).toBeUndefined();
});
