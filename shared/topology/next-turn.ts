/**
 * Lets everything else that is waiting have its turn: the next chunk of the stream, signals, timers. `node:timers/promises` has the same, but loads a dozen
 * modules at the start.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
