const INTERVAL_MS = 1000;

/**
 * Calls back once when the parent is another process than at the start: it has gone, and the kernel gave us to init or a subreaper. collectd that is killed sends no
 * signal, and a program that has nothing to write would never see the closed pipe. Gives the function that ends the watch.
 */
export function watchParent(gone: () => void, ppid: () => number = () => process.ppid): () => void {
  const parent = ppid();
  const timer = setInterval(() => {
    if (ppid() === parent) return;
    clearInterval(timer);
    gone();
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
