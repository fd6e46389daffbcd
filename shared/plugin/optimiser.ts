/** Only then, since V8 takes compiled code only under the flags that it was made with, and the first line should not wait. */
const AFTER_MS = 10;

/**
 * Lets V8 optimise late and keep its young generation small, which is cheaper where JavaScript runs for new kinds of lines only, so for processors. Inputs and
 * outputs do the same work for every value: V8's defaults are made for them (docs/decisions/003-optimiser.md).
 */
export function optimiseLate(): void {
  setTimeout(() => {
    const { setFlagsFromString } = process.getBuiltinModule('node:v8');
    setFlagsFromString('--interrupt-budget=3000000');
    setFlagsFromString('--semi-space-growth-factor=1');
  }, AFTER_MS).unref();
}
