import { Stdout } from './stdout.ts';

export interface ProtocolStdoutEvents {
  /** An output uses stdout from now on: nothing else may be written there. */
  opened(): void;
  /** The reader has left. */
  gone(): void;
}

/** stdout for outputs that speak a protocol of their own there. It is opened when the first of them writes, so that a chain whose outputs do not leaves it alone. */
export class ProtocolStdout {
  readonly #events: ProtocolStdoutEvents;
  #stdout: Stdout | undefined;
  #behind: Promise<void> | undefined;
  #caughtUp: () => void = () => {};

  constructor(events: ProtocolStdoutEvents) {
    this.#events = events;
  }

  /** What is to be flushed at the end; undefined when nothing was ever written. */
  get opened(): Stdout | undefined {
    return this.#stdout;
  }

  /** Writes all of the bytes; a promise says that some of them wait, and resolves when none do. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    const stdout = this.#open();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const rest = stdout.write(buffer, 0, buffer.length);
    if (rest < buffer.length) stdout.hold(buffer.subarray(rest));
    if (!stdout.isBlocked) return undefined;
    this.#behind ??= new Promise((resolve) => {
      this.#caughtUp = resolve;
    });
    return this.#behind;
  }

  #open(): Stdout {
    if (this.#stdout) return this.#stdout;
    this.#events.opened();
    this.#stdout = new Stdout({
      blocked() {},
      drained: () => this.#resolve(),
      gone: () => {
        this.#resolve();
        this.#events.gone();
      },
    });
    return this.#stdout;
  }

  #resolve(): void {
    this.#behind = undefined;
    this.#caughtUp();
  }
}
