import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** A secret longer than this is the wrong file. */
export const MAX_SECRET_BYTES = 65_536;

/** So long is waited for who writes into a pipe, as signals and everything else wait meanwhile. */
const PIPE_WAIT_MS = 10_000;
const PIPE_LOOK_MS = 5;

/** A pipe that we were started with, in a shell `… | crosslayer` or `<(…)`: its writer is there, that of a named pipe may never come. */
const OWN_DESCRIPTOR = /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * The text of a file with a secret, of at most `MAX_SECRET_BYTES`: a regular file, or a pipe that is open already.
 *
 * @param pipeWaitMs how long such a pipe may take; for tests
 * @throws {Error} when the system cannot read it; when it is anything else, is longer, or comes too late, in words for an operator
 */
export function readSecretFile(path: string, pipeWaitMs = PIPE_WAIT_MS): string {
  // without O_NONBLOCK a named pipe would be waited for here, and a terminal become ours without O_NOCTTY
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    const isOwnPipe = stats.isFIFO() && OWN_DESCRIPTOR.test(path);
    if (!stats.isFile() && !isOwnPipe) throw new Error(`"${path}" is ${kindOf(stats)} and no regular file`);
    return readAll(fd, path, pipeWaitMs);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number, path: string, pipeWaitMs: number): string {
  const bytes = Buffer.alloc(MAX_SECRET_BYTES + 1);
  let waited = 0;
  let length = 0;
  while (length < bytes.length) {
    const count = readSome(fd, bytes, length);
    if (count === 0) return bytes.toString('utf8', 0, length);
    if (count !== undefined) length += count;
    else if (waited >= pipeWaitMs)
      throw new Error(`"${path}" is a pipe that nobody has ended in ${pipeWaitMs / 1000} s`);
    else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_LOOK_MS);
      waited += PIPE_LOOK_MS;
    }
  }
  throw new Error(`"${path}" has more than ${MAX_SECRET_BYTES} bytes, too many for a secret`);
}

/** Gives undefined when the writer of a pipe has not written yet. */
function readSome(fd: number, bytes: Buffer, at: number): number | undefined {
  try {
    return readSync(fd, bytes, at, bytes.length - at, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isDirectory() ? 'a directory' : 'a device';
}
