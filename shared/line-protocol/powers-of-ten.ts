import { HAS_POWERS, MAX_POWER, MIN_POWER, POWERS } from './kernel/layout.ts';
import type { Kernel } from './kernel.ts';

/**
 * Gives the kernel 128 bits of each power of ten that numbers with many digits need, so that it reads them as `Number` does
 * (Daniel Lemire, "Number Parsing at a Gigabyte per Second", 2021, section 5 and its table).
 */
export function loadPowersOfTen(kernel: Kernel): void {
  const { u64, i32 } = kernel;
  for (let q = MIN_POWER; q <= MAX_POWER; q++) {
    const bits = power128(q);
    const at = (POWERS >> 3) + (q - MIN_POWER) * 2;
    u64[at] = bits >> 64n;
    u64[at + 1] = bits & 0xffff_ffff_ffff_ffffn;
  }
  i32[HAS_POWERS >> 2] = 1;
}

/** The leading 128 bits of 5^q (the power of two goes into the exponent); of a reciprocal rounded up. */
function power128(q: number): bigint {
  const power = 5n ** BigInt(Math.abs(q));
  const length = BigInt(power.toString(2).length);
  if (q >= 0) return power << (128n - length);
  const shift = power & (power - 1n) ? length : length - 1n;
  return (1n << (shift + 127n)) / power + 1n;
}
