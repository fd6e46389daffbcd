import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './command.ts';
import { on } from './processors.ts';

/** How a filter is started. */
export interface FilterOptions {
  processor?: number | undefined;
  /** Stands in the pipe already when the filter starts. */
  firstLine?: string;
}

/**
 * A filter between two real pipes (FIFOs). Node's own `stdio: 'pipe'` gives a child UNIX sockets, which have other
 * limits and other costs.
 */
export class FifoFilter {
  /** Our end of its stdin. */
  readonly input: number;
  /** Our end of its stdout. */
  readonly output: number;
  /** `performance.now()` just before the start. */
  readonly startedAt: number;
  /** Its exit status. */
  readonly ended: Promise<number>;
  readonly command: string;
  readonly #child: ChildProcess;
  /** Holds `stderr`: what the filter said is told only when it fails. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'crosslayer-bench-'));

  constructor(command: string, { processor, firstLine }: FilterOptions = {}) {
    this.command = command;
    const paths = [join(this.#folder, 'stdin'), join(this.#folder, 'stdout')] as const;
    execFileSync('mkfifo', paths);
    // One end of a FIFO opens only when the other is there: a descriptor that is both stands in until then.
    const both = paths.map((path) => openSync(path, constants.O_RDWR));
    const stdin = openSync(paths[0], 'r');
    const stdout = openSync(paths[1], 'w');
    this.input = openSync(paths[0], 'w');
    this.output = openSync(paths[1], 'r');
    for (const end of both) closeSync(end);
    const stderr = openSync(join(this.#folder, 'stderr'), 'w');

    if (firstLine) writeSync(this.input, `${firstLine}\n`);
    this.startedAt = performance.now();
    this.#child = spawn('sh', ['-c', `exec ${on(processor)}${command}`], {
      stdio: [stdin, stdout, stderr],
      env: cleanEnvironment(),
    });
    for (const end of [stdin, stdout, stderr]) closeSync(end);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('exit', (code, signal) => resolve(code ?? (signal ? 128 : 0)));
      this.#child.once('error', reject);
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The filter did not start');
    return this.#child.pid;
  }

  /** Blocks until a newline comes or the output ends. */
  waitForLine(): void {
    const chunk = Buffer.alloc(64 << 10);
    for (let length = readSync(this.output, chunk); length > 0; length = readSync(this.output, chunk)) {
      if (chunk.subarray(0, length).includes(10)) return;
    }
  }

  /** Closes our ends; the filter ends when no one else has them. */
  close(): void {
    closeSync(this.input);
    closeSync(this.output);
  }

  /** @throws {Error} when it ends with a failure, or not within the time */
  async end(seconds: number): Promise<void> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000);
    const status = await this.ended;
    clearTimeout(late);
    const said = readFileSync(join(this.#folder, 'stderr'), 'utf8').slice(-2000);
    rmSync(this.#folder, { recursive: true });
    if (status !== 0) throw new Error(`${this.command} ended with status ${status}\n${said}`);
  }
}
