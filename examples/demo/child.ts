import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { openStdio, PipeReader } from '../../test/support/real-pipe.ts';

/** The built program. */
export const PROGRAM = 'dist/bin/crosslayer.cjs';

/** A program of this demo, on real pipes as a shell or Telegraf would make them. */
export class Child {
  readonly pid: number;
  /** Resolves with the exit status when the process has ended and all of its output was read. */
  readonly ended: Promise<number>;
  readonly #stdin: Socket;
  #log = '';
  #room: Promise<void> | undefined;

  /** @param onOutput gets what it prints, as it comes. */
  constructor(command: readonly string[], environment: Record<string, string>, onOutput: (chunk: Buffer) => void) {
    const [program = '', ...words] = command;
    const stdio = openStdio();
    const child = spawn(program, words, {
      stdio: [stdio.stdin.childEnd, stdio.stdout.childEnd, stdio.stderr.childEnd],
      env: { ...process.env, ...environment },
    });
    for (const { childEnd } of Object.values(stdio)) closeSync(childEnd);
    if (child.pid === undefined) throw new Error(`Cannot start ${program}`);
    this.pid = child.pid;
    this.#stdin = new Socket({ fd: stdio.stdin.testEnd, readable: false, writable: true });
    this.#stdin.on('error', () => {});
    const output = new PipeReader(stdio.stdout.testEnd, onOutput);
    const log = new PipeReader(stdio.stderr.testEnd, (chunk) => {
      this.#log += chunk.toString();
    });
    output.start();
    log.start();
    this.ended = Promise.all([exitOf(child), output.ended, log.ended]).then(([status]) => status);
  }

  /** What it said on stderr. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when there is room for more; at once when there is. */
  write(bytes: string | Uint8Array): Promise<void> | undefined {
    if (this.#stdin.write(bytes)) return undefined;
    this.#room ??= new Promise((resolve) => {
      const go = () => {
        this.#stdin.off('drain', go);
        this.#stdin.off('close', go);
        this.#room = undefined;
        resolve();
      };
      this.#stdin.on('drain', go);
      this.#stdin.on('close', go);
    });
    return this.#room;
  }

  /** Closes its stdin: it finishes what it has, and ends. */
  end(): void {
    this.#stdin.end();
  }

  stop(): void {
    try {
      process.kill(this.pid, 'SIGTERM');
    } catch {
      // it has ended by itself
    }
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
}
