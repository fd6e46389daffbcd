const LF = 0x0a;
/** No answer to a command of ours is longer; what is belongs to another protocol. */
const MAX_ANSWER_BYTES = 8192;

/** Reads the answers of collectd's unixsock plugin: `N text`, where N lines follow, or a negative N says what was wrong. */
export class AnswerReader {
  readonly #onAnswer: (status: number, text: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** Lines of an answer that are still to come. */
  #following = 0;

  constructor(onAnswer: (status: number, text: string) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Forgets what was begun: another connection begins. */
  reset(): void {
    this.#rest = Buffer.alloc(0);
    this.#following = 0;
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let from = 0;
    for (let to = bytes.indexOf(LF); to >= 0; to = bytes.indexOf(LF, from)) {
      this.#line(bytes.toString('latin1', from, to));
      from = to + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(Math.max(from, bytes.length - MAX_ANSWER_BYTES)));
  }

  #line(line: string): void {
    if (this.#following > 0) {
      this.#following--;
      return;
    }
    const space = line.indexOf(' ');
    const status = Number.parseInt(line, 10);
    if (!Number.isInteger(status)) return this.#onAnswer(-1, line);
    if (status > 0) this.#following = status;
    this.#onAnswer(status, space < 0 ? '' : line.slice(space + 1));
  }
}
