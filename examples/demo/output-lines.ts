const NEWLINE = 0x0a;
/** The first byte of every line of statistics, and how those of our plugins begin. */
const LETTER_I = 0x69;
const OWN_STATISTICS = /^internal_(?:crosslayer|topology_tagger|surrogate_context|collectd_in)[, ]/;

/** The lines that a chain prints, told apart from its statistics, which come in between. */
export class OutputLines {
  /** Lines of the stream so far, without statistics. */
  count = 0;
  /** The newest statistics of each plugin, by the name of the measurement. */
  readonly statistics = new Map<string, string>();
  /** The first lines of the stream, for showing. */
  readonly first: string[] = [];
  readonly #keep: number;
  readonly #onCount: (count: number) => void;
  readonly #onLine: ((line: string) => void) | undefined;
  #unfinished: Buffer = Buffer.alloc(0);

  /**
   * @param keep how many lines to keep.
   * @param onCount told the count after every piece of output.
   * @param onLine given every line; decoding all of them takes time.
   */
  constructor(keep: number, onCount: (count: number) => void, onLine?: (line: string) => void) {
    this.#keep = keep;
    this.#onCount = onCount;
    this.#onLine = onLine;
  }

  take(chunk: Buffer): void {
    const bytes = this.#unfinished.length > 0 ? Buffer.concat([this.#unfinished, chunk]) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#line(bytes, start, end);
      start = end + 1;
    }
    this.#unfinished = bytes.subarray(start);
    this.#onCount(this.count);
  }

  #line(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === LETTER_I) {
      const text = bytes.toString('utf8', start, end);
      if (OWN_STATISTICS.test(text)) {
        this.statistics.set(text.slice(0, text.search(/[, ]/)), text);
        return;
      }
    }
    if (this.first.length < this.#keep) this.first.push(bytes.toString('utf8', start, end));
    this.#onLine?.(bytes.toString('utf8', start, end));
    this.count++;
  }
}
