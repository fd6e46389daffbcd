import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intervalText } from '../../../shared/collectd-lines/interval-text.ts';
import { writeTime } from '../../../shared/collectd-lines/line-time.ts';
import { cdtimeOfNs, nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';

const halves = (value: bigint) => [Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value))] as const;

/** The time as a line has it; undefined when it cannot be written. */
function timeText(cdtime: bigint): string | undefined {
  const bytes = Buffer.alloc(32);
  const [high, low] = halves(cdtime);
  const end = writeTime(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, high, low);
  return end === 0 ? undefined : bytes.toString('latin1', 0, end);
}

test('times are those that BigInt gives', () => {
  const check = (cdtime: bigint) => {
    const ns = nsOfCdtime(cdtime);
    expect(timeText(cdtime)).toBe(ns < 2n ** 63n ? String(ns) : undefined);
  };
  for (const cdtime of [1n, 2n, 2n ** 30n - 1n, 2n ** 30n, 2n ** 32n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n])
    check(cdtime);
  const last = cdtimeOfNs(2n ** 63n - 1n);
  for (let i = -3n; i <= 3n; i++) check(last + i);
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), check), { numRuns: 1000 });
  // every tick of a second's end and begin
  for (let tick = -2000n; tick < 2000n; tick++) check((1_700_000_000n << 30n) + tick);
});

test('nanoseconds come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (ns) => {
      expect(timeText(cdtimeOfNs(ns))).toBe(String(ns));
    }),
  );
});

test('intervals are seconds, without losing a bit', () => {
  const check = (cdtime: bigint, expected: string) => expect(intervalText(...halves(cdtime))).toBe(expected);
  check(0n, '');
  check(10n << 30n, '10');
  check(3n << 29n, '1.5');
  check(1n, '9.313225746154785e-10');
  check((1n << 53n) - 1n, String((2 ** 53 - 1) / 2 ** 30));
  check(2n ** 64n - 1n, '17179869184');
});
