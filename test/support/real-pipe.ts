import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** Both ends of a pipe between a test and a child. The child's end blocks, as the ends that Telegraf hands out do. */
export interface RealPipe {
  /** For `spawn`'s `stdio`; close it here once the child has it. */
  readonly childEnd: number;
  /** Non-blocking, for {@link PipeReader} or a socket. */
  readonly testEnd: number;
}

/**
 * The three pipes of a child, made from FIFOs: Node's own `spawn` gives UNIX sockets, where `/dev/stdin` cannot be opened
 * and where the 64 KiB of a pipe are some other number.
 */
export function openStdio(): { stdin: RealPipe; stdout: RealPipe; stderr: RealPipe } {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-pipes-'));
  const paths = ['stdin', 'stdout', 'stderr'].map((name) => join(folder, name));
  try {
    execFileSync('mkfifo', paths);
    const [stdin, stdout, stderr] = paths as [string, string, string];
    return { stdin: openPipe(stdin, O_RDONLY), stdout: openPipe(stdout, O_WRONLY), stderr: openPipe(stderr, O_WRONLY) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param childMode what the child may do with its end: `O_RDONLY` or `O_WRONLY`. */
function openPipe(path: string, childMode: number): RealPipe {
  // Opening one end of a FIFO waits for the other end, unless somebody holds both (Linux).
  const both = openSync(path, O_RDWR | O_NONBLOCK);
  const childEnd = openSync(path, childMode);
  const testEnd = openSync(path, (childMode === O_RDONLY ? O_WRONLY : O_RDONLY) | O_NONBLOCK);
  closeSync(both);
  return { childEnd, testEnd };
}

/** How a reader takes what a child prints. */
export interface ReadingPace {
  /** Most bytes taken at a time. */
  readonly bytes: number;
  /** Pause after each time. */
  readonly pauseMs: number;
}

const AS_FAST_AS_POSSIBLE: ReadingPace = { bytes: 65_536, pauseMs: 0 };

/**
 * Reads the test's end of a pipe at a given pace. Nothing is taken out of the pipe before `start`, or after `pause`:
 * a stream of Node would go on until its own buffer is full.
 */
export class PipeReader {
  /** Resolves when the writer's end is closed and everything was read, or when the reader left. */
  readonly ended: Promise<void>;
  readonly #fd: number;
  readonly #take: (chunk: Buffer) => void;
  #socket: Socket | undefined;
  #resume: NodeJS.Timeout | undefined;
  #left = false;
  #end!: () => void;

  constructor(fd: number, take: (chunk: Buffer) => void) {
    this.#fd = fd;
    this.#take = take;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Begins to read, or goes on after `pause`. */
  start(pace: ReadingPace = AS_FAST_AS_POSSIBLE): void {
    if (this.#left) return;
    if (this.#socket === undefined) this.#socket = this.#open(pace);
    else this.#socket.resume();
  }

  pause(): void {
    clearTimeout(this.#resume);
    this.#socket?.pause();
  }

  /** Closes the end, whatever is in the pipe. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#resume);
    if (this.#socket === undefined) closeSync(this.#fd);
    else this.#socket.destroy();
    this.#end();
  }

  #open(pace: ReadingPace): Socket {
    const socket: Socket = new Socket({
      fd: this.#fd,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.alloc(pace.bytes),
        callback: (count: number, buffer: Uint8Array) => {
          this.#take(Buffer.from(buffer.subarray(0, count)));
          if (pace.pauseMs > 0) this.#rest(socket, pace.pauseMs);
          return true;
        },
      },
      // @types/node 20 lacks `onread` here, though the documentation has it.
    } as ConstructorParameters<typeof Socket>[0]);
    socket.on('close', () => {
      this.#left = true;
      this.#end();
    });
    socket.on('error', () => {});
    return socket;
  }

  #rest(socket: Socket, pauseMs: number): void {
    socket.pause();
    this.#resume = setTimeout(() => socket.resume(), pauseMs);
  }
}
