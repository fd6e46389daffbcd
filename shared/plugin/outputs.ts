import type { Log } from '../log/log.ts';
import type { Output } from './definition.ts';
import type { StdoutEvents } from './stdout.ts';

/** The outputs at the end of a chain. Each gets every batch; while one cannot take more, nothing is read. */
export class Outputs {
  readonly #outputs: readonly { readonly alias: string; readonly output: Output }[];
  readonly #events: StdoutEvents;
  readonly #log: Log;
  #pending = 0;

  constructor(outputs: Outputs['all'], events: StdoutEvents, log: Log) {
    this.#outputs = outputs;
    this.#events = events;
    this.#log = log;
  }

  get all(): readonly { readonly alias: string; readonly output: Output }[] {
    return this.#outputs;
  }

  get isBlocked(): boolean {
    return this.#pending > 0;
  }

  write(bytes: Buffer, from: number, to: number): number {
    // the kernel's memory is used again before a slow output is done
    const lines = Buffer.from(bytes.subarray(from, to));
    for (const { alias, output } of this.#outputs) {
      const done = output.write(lines);
      if (done instanceof Promise) this.#wait(alias, done);
    }
    return to;
  }

  /** Nothing is ever left over by `write`. */
  hold(): void {}

  #wait(alias: string, done: Promise<void>): void {
    if (this.#pending++ === 0) this.#events.blocked();
    const settled = () => {
      if (--this.#pending === 0) this.#events.drained();
    };
    done.then(settled, (error: Error) => {
      this.#log.error(`Output "${alias}" failed: ${error.message}`);
      settled();
    });
  }

  /** Lets each deliver what it holds. */
  async stop(): Promise<void> {
    for (const { output } of this.#outputs) await output.stop?.();
  }
}
