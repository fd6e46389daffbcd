/**
 * Milliseconds since `epoch` (ns of the monotonic clock, which all processes of a machine share), as a double: asking
 * must not allocate, as `hrtime.bigint` does.
 */
export function sharedClock(epoch: bigint): () => number {
  let offset = 0;
  // We may lose the processor between the two clocks: the quickest of many tries counts.
  for (let i = 0, quickest = Number.POSITIVE_INFINITY; i < 1000; i++) {
    const before = performance.now();
    const shared = Number(process.hrtime.bigint() - epoch) / 1e6;
    const after = performance.now();
    if (after - before >= quickest) continue;
    quickest = after - before;
    offset = shared - (before + after) / 2;
  }
  return () => performance.now() + offset;
}
