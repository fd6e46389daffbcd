/** Differences between the two clocks that are rounding; anything above means that the time of day was set. */
const STEP_NS = 2_000_000n;

/**
 * Nanoseconds since 1970 with more digits than `Date.now()` has, so that two points of one millisecond do not get the same time. Follows the
 * time of day when that is set.
 */
export function nanosecondClock(
  nowMs: () => number = Date.now,
  ticks: () => bigint = process.hrtime.bigint,
): () => bigint {
  let offset = BigInt(nowMs()) * 1_000_000n - ticks();
  return () => {
    const coarse = BigInt(nowMs()) * 1_000_000n;
    const fine = offset + ticks();
    const difference = fine - coarse;
    if (difference > -STEP_NS && difference < STEP_NS) return fine;
    offset += coarse - fine;
    return coarse;
  };
}
