/**
 * What collectd's unixsock plugin answers: `N text`, where N is the number of lines that follow, and a negative one an error.
 *
 * Source: src/unixsock.c and src/utils/cmds/cmds.c of collectd 5.12.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { visibleBytes } from '../line-protocol/messages.ts';

/** The answer to one command. */
export interface UnixsockAnswer {
  /** Negative: the command was refused, and the text says why. */
  readonly status: number;
  readonly text: ByteString;
  readonly lines: readonly ByteString[];
}

/** Longest line and most lines of an answer. LISTVAL gives a line of at most 700 bytes for every value that collectd knows. */
const MAX_ANSWER_LINE_BYTES = 16 * 1024;
const MAX_ANSWER_LINES = 1_000_000;

const STATUS = /^(-?\d{1,9})(?: ([\s\S]*))?$/;
const LF = 0x0a;

/** Reads answers from chunks of any size, in the order of the commands. */
export class UnixsockAnswers {
  /** Why nothing more is read: the other side does not speak collectd's language, so that no answer can be told from the next. */
  problem: string | undefined;
  /** Of a line that is not complete. */
  #rest: Uint8Array = new Uint8Array(0);
  #answer: { readonly status: number; readonly text: ByteString; readonly lines: ByteString[] } | undefined;

  /** The answers that are complete with this chunk; its bytes may be reused afterwards. */
  push(chunk: Uint8Array): UnixsockAnswer[] {
    const answers: UnixsockAnswer[] = [];
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0 && this.problem === undefined; end = bytes.indexOf(LF, start)) {
      const answer = this.#line(text(bytes, start, end));
      if (answer !== undefined) answers.push(answer);
      start = end + 1;
    }
    if (bytes.length - start > MAX_ANSWER_LINE_BYTES) this.problem ??= 'Answer has a line of more than 16 KiB';
    // a copy, as the chunk is not ours
    this.#rest = new Uint8Array(bytes.subarray(this.problem === undefined ? start : bytes.length));
    return answers;
  }

  #line(line: ByteString): UnixsockAnswer | undefined {
    if (this.#answer === undefined) return this.#begin(line);
    const answer = this.#answer;
    answer.lines.push(line);
    if (answer.lines.length < answer.status) return undefined;
    this.#answer = undefined;
    return answer;
  }

  #begin(line: ByteString): UnixsockAnswer | undefined {
    const [, number, rest = ''] = STATUS.exec(line) ?? [];
    const status = Number(number);
    if (number === undefined || status > MAX_ANSWER_LINES) {
      this.problem = `Answer "${visibleBytes(line)}" is not collectd's`;
      return undefined;
    }
    const answer = { status, text: rest as ByteString, lines: [] };
    if (status <= 0) return answer;
    this.#answer = answer;
    return undefined;
  }
}

function text(bytes: Uint8Array, start: number, end: number): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1') as ByteString;
}
