import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Flood } from './flood.ts';
import { LineCollector } from './line-collector.ts';
import { openStdio, PipeReader, type ReadingPace } from './real-pipe.ts';

/** How a child ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How the host deals with its child. */
export interface ExecdOptions {
  /** Program and arguments; no shell. */
  readonly command: readonly string[];
  /** Added to our own environment; undefined takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** `never` until `stdout.start` is called. */
  readonly reading?: ReadingPace | 'never';
  /**
   * What happens to the pipe once the child has exited. Telegraf closes it at once, beside its own reader: what is still
   * inside is lost (`closes`; here without the luck that Telegraf's reader may have). A shell reads to the end (`drains`, default).
   */
  readonly afterExit?: 'closes' | 'drains';
  /** See {@link LineCollector}; for stdout. */
  readonly keep?: 'lines' | 'count';
  readonly encoding?: BufferEncoding;
  /** Keeps the pipe to the child open after its end, for `leftInStdin`. */
  readonly keepStdin?: boolean;
  /** Times of Telegraf's process manager; shorter only for tests of this host. */
  readonly patienceMs?: number;
}

const TELEGRAFS_PATIENCE_MS = 5_000;

/**
 * Stands in for Telegraf's execd plugins: three real, blocking pipes; one `write` per metric; to stop, end of input, after
 * 5 s SIGTERM, after 5 s more SIGKILL; stdout and stderr are read until the child has exited.
 */
export class ExecdHost {
  readonly pid: number;
  readonly stdout: LineCollector;
  readonly stderr: LineCollector;
  /** The reading end of the child's stdout: pause it, let it leave. */
  readonly reader: PipeReader;
  readonly exited: Promise<Exit>;
  /** Exited, and everything that was printed has been read (or the reader left). */
  readonly finished: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #stdin: number;
  readonly #patienceMs: number;
  readonly #stdinOfChild: number | undefined;
  readonly #log: PipeReader;
  #stdinSocket: Socket | undefined;
  #stdinClosed = false;

  constructor(options: ExecdOptions) {
    const [program, ...args] = options.command;
    if (program === undefined) throw new Error('No command was given');
    const name = args.find((word) => !word.startsWith('-') && !word.includes('/')) ?? program;
    const stdio = openStdio();
    this.#child = spawn(program, args, {
      stdio: [stdio.stdin.childEnd, stdio.stdout.childEnd, stdio.stderr.childEnd],
      env: { ...process.env, ...options.environment },
      cwd: options.folder,
      detached: true, // a group of its own, for `kill`
    });
    for (const pipe of [stdio.stdout, stdio.stderr]) closeSync(pipe.childEnd);
    if (options.keepStdin === true) this.#stdinOfChild = stdio.stdin.childEnd;
    else closeSync(stdio.stdin.childEnd);
    if (this.#child.pid === undefined) throw new Error(`${program} could not be started`);
    this.pid = this.#child.pid;
    this.#stdin = stdio.stdin.testEnd;
    this.#patienceMs = options.patienceMs ?? TELEGRAFS_PATIENCE_MS;
    this.stdout = new LineCollector({
      name: `stdout of ${name}`,
      keep: options.keep ?? 'lines',
      encoding: options.encoding ?? 'utf8',
    });
    this.stderr = new LineCollector({ name: `stderr of ${name}` });
    this.reader = new PipeReader(stdio.stdout.testEnd, (chunk) => this.stdout.take(chunk));
    this.#log = new PipeReader(stdio.stderr.testEnd, (chunk) => this.stderr.take(chunk));
    if (options.reading !== 'never') this.reader.start(options.reading);
    this.#log.start();
    this.exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code, signal) => {
        if (options.afterExit === 'closes') this.reader.leave();
        resolve({ code, signal });
      });
    });
    this.finished = this.#finish();
    this.finished.catch(() => {}); // whoever waits is told; nobody has to wait
  }

  /** Writes one metric, or any bytes, with one `write(2)`; waits while the pipe is full. Fails when the child has left. */
  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.#stdinClosed) throw new Error('stdin of the child is closed');
    const metric = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    let written = 0;
    if (this.#stdinSocket === undefined || this.#stdinSocket.writableLength === 0) {
      try {
        written = writeSync(this.#stdin, metric);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    }
    if (written < metric.length) await this.#writeWhenPossible(metric.subarray(written));
  }

  /** Writes the metrics one by one. */
  async writeEach(metrics: Iterable<string | Uint8Array>): Promise<void> {
    for (const metric of metrics) await this.write(metric);
  }

  /** Writes lines until it is stopped, `most` are written, or the child has left. */
  flood(lineOf: (n: number) => string, most = Number.POSITIVE_INFINITY): Flood {
    return new Flood((bytes) => this.write(bytes), lineOf, most);
  }

  closeStdin(): void {
    if (this.#stdinClosed) return;
    this.#stdinClosed = true;
    if (this.#stdinSocket === undefined) closeSync(this.#stdin);
    else this.#stdinSocket.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Stops the child as Telegraf does, and resolves when it has exited. */
  async stop(): Promise<Exit> {
    this.closeStdin();
    const term = setTimeout(() => this.signal('SIGTERM'), this.#patienceMs);
    const kill = setTimeout(() => this.signal('SIGKILL'), 2 * this.#patienceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(term);
      clearTimeout(kill);
    }
  }

  /** Closes all our ends at once, as the kernel does when a host is killed. The child lives on. */
  vanish(): void {
    this.closeStdin();
    this.reader.leave();
    this.#log.leave();
  }

  /** What was written to the child and never read by it. For a child that has exited; needs `keepStdin`. */
  leftInStdin(): Buffer {
    if (this.#stdinOfChild === undefined) throw new Error('Only with keepStdin');
    // Opened again, since the child's own end would wait for more.
    const fd = openSync(`/proc/self/fd/${this.#stdinOfChild}`, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(1 << 20); // more than any pipe of an ordinary user holds
    try {
      return buffer.subarray(0, readSync(fd, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      return buffer.subarray(0, 0);
    } finally {
      closeSync(fd);
    }
  }

  /** Ends the child and what it started, whatever they do; for the end of a test. */
  async kill(): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // all of them have ended
    }
    await this.exited;
    this.vanish();
    if (this.#stdinOfChild !== undefined) closeSync(this.#stdinOfChild);
  }

  /** CPU time so far, user and system. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / 100; // the kernel counts in ticks of 10 ms
  }

  /** Resident memory now, and the most there ever was, in bytes. */
  memory(): { now: number; most: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
    return { now: kilobytes('VmRSS') * 1024, most: kilobytes('VmHWM') * 1024 };
  }

  #writeWhenPossible(rest: Uint8Array): Promise<void> {
    this.#stdinSocket ??= this.#openStdinSocket();
    const socket = this.#stdinSocket;
    return new Promise((resolve, reject) => {
      socket.write(rest, (error) => (error ? reject(error) : resolve()));
    });
  }

  #openStdinSocket(): Socket {
    const socket = new Socket({ fd: this.#stdin, readable: false, writable: true });
    socket.on('error', () => {}); // `write` tells whoever waits for it
    return socket;
  }

  async #finish(): Promise<Exit> {
    const exit = await this.exited;
    await this.reader.ended;
    this.stdout.end();
    await this.#log.ended;
    this.stderr.end();
    return exit;
  }
}
