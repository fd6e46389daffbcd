import { createHash } from 'node:crypto';

/** Longest time that a test waits for something; only a failure takes that long. */
export const PATIENCE_MS = 20_000;

interface Waiter {
  readonly what: string;
  look(): string | undefined;
  resolve(found: string): void;
  reject(error: Error): void;
}

/** Options of a {@link LineCollector}. */
export interface CollectorOptions {
  /** Called in messages, e.g. `stderr of topology-tagger`. */
  readonly name: string;
  /** `count` for gigabytes: lines are counted and hashed, and only the last 100 are kept. Default `lines`. */
  readonly keep?: 'lines' | 'count';
  /** Default `utf8`; `latin1` keeps every byte. */
  readonly encoding?: BufferEncoding;
}

/**
 * What a process printed, line by line, and promises for what it will print, so that no test needs to sleep.
 * Lines end at every newline byte: a string field with a newline makes two.
 */
export class LineCollector {
  readonly #options: CollectorOptions;
  readonly #hash = createHash('sha256');
  readonly #waiters = new Set<Waiter>();
  readonly #lines: string[] = [];
  readonly #pieces: Buffer[] = [];
  readonly #chunks: Buffer[] = [];
  #dropped = 0;
  #blankLines = 0;
  #bytes = 0;
  #newlines = 0;
  #ended = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Everything so far, blank lines and padding too. Not with `count`. */
  get raw(): string {
    return Buffer.concat(this.#chunks).toString(this.#options.encoding);
  }

  /** All lines so far without their newline; blank ones (padding) are left out. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Newline bytes so far, padding included. */
  get newlines(): number {
    return this.#newlines;
  }

  get blankLines(): number {
    return this.#blankLines;
  }

  /** Lines so far that are not blank, also those no longer kept. */
  get count(): number {
    return this.#lines.length + this.#dropped;
  }

  /** What came after the last newline. */
  get unfinished(): string {
    return Buffer.concat(this.#pieces).toString(this.#options.encoding);
  }

  /** All lines so far without the blank ones, and what is unfinished. */
  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('') + this.unfinished;
  }

  /** Of all bytes so far; may be asked once. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#options.keep === 'count') this.#hash.update(chunk);
    else this.#chunks.push(chunk);
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#endLine(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keepPiece(chunk.subarray(start));
    this.#lookForWaiters();
  }

  /** Says that nothing more will come. */
  end(): void {
    this.#ended = true;
    this.#lookForWaiters();
    for (const waiter of this.#waiters) waiter.reject(new Error(this.#missing(waiter.what, 'it ended')));
    this.#waiters.clear();
  }

  /** Resolves with the first line, seen already or not, that matches. */
  line(pattern: string | RegExp, from = 0): Promise<string> {
    const matches =
      typeof pattern === 'string' ? (line: string) => line.includes(pattern) : (line: string) => pattern.test(line);
    let next = from; // counted from the first line of all: those that are no longer kept move the others
    return this.#wait(`a line with ${pattern}`, () => {
      for (next = Math.max(next, this.#dropped); next < this.count; next++) {
        const line = this.#lines[next - this.#dropped];
        if (line !== undefined && matches(line)) return line;
      }
      return undefined;
    });
  }

  /** Resolves when there are that many lines (not blank). */
  async atLeast(count: number): Promise<void> {
    await this.#wait(`${count} lines`, () => (this.count >= count ? '' : undefined));
  }

  /** Resolves when that many bytes were read. */
  async atLeastBytes(count: number): Promise<void> {
    await this.#wait(`${count} bytes`, () => (this.#bytes >= count ? '' : undefined));
  }

  #keepPiece(piece: Buffer): void {
    // A gigabyte without newline is counted, not kept.
    if (this.#options.keep === 'count' && this.#pieces.length > 100) this.#pieces.length = 0;
    this.#pieces.push(piece);
  }

  #endLine(rest: Buffer): void {
    this.#newlines++;
    const line = this.#pieces.length === 0 ? rest : Buffer.concat([...this.#pieces.splice(0), rest]);
    if (line.length === 0) {
      this.#blankLines++;
      return;
    }
    this.#lines.push(line.toString(this.#options.encoding));
    if (this.#options.keep === 'count' && this.#lines.length > 200) this.#dropped += this.#lines.splice(0, 100).length;
  }

  #wait(what: string, look: () => string | undefined): Promise<string> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    if (this.#ended) return Promise.reject(new Error(this.#missing(what, 'it had ended')));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(this.#missing(what, `${PATIENCE_MS / 1000} s passed`)));
      }, PATIENCE_MS);
      const waiter: Waiter = {
        what,
        look,
        resolve: (line) => {
          clearTimeout(timer);
          resolve(line);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  #lookForWaiters(): void {
    for (const waiter of this.#waiters) {
      const found = waiter.look();
      if (found === undefined) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(found);
    }
  }

  #missing(what: string, why: string): string {
    const seen = this.#lines.slice(-15).map((line) => `\n  ${line.slice(0, 300)}`);
    return `Waited for ${what} in ${this.#options.name}, but ${why}. Last of ${this.count} lines:${seen.join('')}`;
  }
}
