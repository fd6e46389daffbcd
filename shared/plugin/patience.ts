/** Waits for the work, but not longer than this; gives whether it was done. Keeps the process alive meanwhile. */
export async function doneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(() => true as const);
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}
