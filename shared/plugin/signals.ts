/** Signals that came, for whoever asks; listening begins when the object is made, which should be the first thing a program does. */
export class Signals {
  #terminate: (() => void) | undefined;
  #interrupt: (() => void) | undefined;
  #trigger: (() => void) | undefined;
  #pending = new Set<'terminate' | 'interrupt' | 'trigger'>();

  /**
   * SIGUSR1 without a handler opens Node's inspector, SIGUSR2 and SIGHUP end the process (Telegraf, plugins/inputs/execd/README.md, `signal`): so all are taken from
   * the start, and one that comes before anybody listens is kept.
   */
  constructor() {
    process.on('SIGTERM', () => this.#came('terminate', this.#terminate));
    process.on('SIGINT', () => this.#came('interrupt', this.#interrupt));
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
      process.on(signal, () => this.#came('trigger', this.#trigger));
    }
  }

  /** As SIGTERM: used when the program itself cannot go on. */
  terminate(): void {
    this.#came('terminate', this.#terminate);
  }

  #came(what: 'terminate' | 'interrupt' | 'trigger', listener: (() => void) | undefined): void {
    if (listener) listener();
    else this.#pending.add(what);
  }

  onTerminate(listener: () => void): void {
    this.#terminate = listener;
    if (this.#pending.delete('terminate')) listener();
  }

  onInterrupt(listener: () => void): void {
    this.#interrupt = listener;
    if (this.#pending.delete('interrupt')) listener();
  }

  /** SIGHUP, SIGUSR1 or SIGUSR2: Telegraf asks an input to gather. Others ignore them. */
  onTrigger(listener: () => void): void {
    this.#trigger = listener;
    if (this.#pending.delete('trigger')) listener();
  }
}
