/** What fits in here is a first line or two, which should not wait. */
const SMALL_READ_BYTES = 4096;

/**
 * Lets V8 optimise late and keep its young generation small, which is cheaper where JavaScript runs for new kinds of lines only, so for processors. Inputs and
 * outputs do the same work for every value: V8's defaults are made for them (docs/decisions/003-optimiser.md).
 *
 * Not at the start, since V8 takes compiled code only under the flags that it was made with; and not by a timer, before which 500 lines may be worked on and
 * thirty functions optimised.
 *
 * @returns to be called before what was read is worked on
 */
export function lateOptimiser(): (readBytes: number) => void {
  let reads = 0;
  let isSet = false;
  return (readBytes) => {
    if (isSet || (++reads === 1 && readBytes <= SMALL_READ_BYTES)) return;
    isSet = true;
    const { setFlagsFromString } = process.getBuiltinModule('node:v8');
    setFlagsFromString('--interrupt-budget=3000000');
    setFlagsFromString('--semi-space-growth-factor=1');
  };
}
