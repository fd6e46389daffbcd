/** Time and timers, replaceable in tests. A timer must not keep the process alive. */
export interface Clock {
  /** Milliseconds with fractions; only differences are used. */
  now(): number;
  /** Calls back once after `ms`; the function that is returned cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** The process's clock, which does not jump when the time of day is set. */
export const systemClock: Clock = {
  // `performance` costs a start a millisecond of loading
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const WINDOW_MS = 60_000;

/** More kinds than a program has. Where texts from outside became kinds, the rest shares one. */
const MAX_KINDS = 100;
const OTHER = 'other';

interface Window {
  endsAt: number;
  more: number;
  lastText: string;
}

/**
 * Trouble that repeats: the first of a kind is told at once, the others of the next minute as one line with the last text
 * and their number. Trouble that goes on is one line a minute; after a quiet minute the next is told at once again.
 */
export class TroubleSummary {
  readonly #tell: (text: string) => void;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  #cancel: (() => void) | undefined;

  constructor(tell: (text: string) => void, clock: Clock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  add(kind: string, text: string): void {
    const known = this.#windows.has(kind) || this.#windows.size < MAX_KINDS ? kind : OTHER;
    const window = this.#windows.get(known);
    if (window === undefined) {
      this.#windows.set(known, { endsAt: this.#clock.now() + WINDOW_MS, more: 0, lastText: text });
      this.#tell(text);
      this.#wake();
      return;
    }
    window.more += 1;
    window.lastText = text;
  }

  /** Tells what is held and forgets all kinds. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (const window of this.#windows.values()) {
      if (window.more > 0) this.#sum(window, now);
    }
    this.#windows.clear();
  }

  #sum(window: Window, now: number): void {
    const seconds = Math.max(1, Math.ceil((now - window.endsAt + WINDOW_MS) / 1000));
    this.#tell(
      window.more === 1 ? window.lastText : `${window.lastText} (and ${window.more - 1} more in the last ${seconds} s)`,
    );
  }

  #wake(): void {
    if (this.#cancel !== undefined || this.#windows.size === 0) return;
    const next = Math.min(...[...this.#windows.values()].map((window) => window.endsAt));
    this.#cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => {
      this.#cancel = undefined;
      this.#endWindows();
      this.#wake();
    });
  }

  #endWindows(): void {
    const now = this.#clock.now();
    for (const [kind, window] of this.#windows) {
      if (window.endsAt > now) continue;
      if (window.more === 0) {
        this.#windows.delete(kind);
        continue;
      }
      this.#sum(window, now);
      window.more = 0;
      window.endsAt = now + WINDOW_MS;
    }
  }
}
