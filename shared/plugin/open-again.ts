import { constants, openSync } from 'node:fs';

/**
 * Opens the pipe behind a descriptor once more, so that it does not block: only for us, since the descriptor that we were given, which others may
 * share, stays as it is. It needs nothing of `node:net`, which takes longer to load than a line to pass.
 *
 * @param access `O_RDONLY` or `O_WRONLY`
 * @returns undefined where that cannot be done: without /proc, when the pipe is another user's (collectd makes it before it changes its
 * account), for a FIFO that nobody reads
 */
export function openAgain(fd: number, access: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, access | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
