import type { DatagramLines } from '../../shared/collectd-lines/datagram-lines.ts';
import type { InputContext } from '../../shared/plugin/definition.ts';
import type { DecodeReport } from './decode-report.ts';

interface IntakeOptions {
  readonly lines: DatagramLines;
  readonly report: DecodeReport;
  readonly send: InputContext['send'];
  /** Whether the report has comments, which belong behind the lines of their datagram. */
  readonly explain: boolean;
}

/** Lines are sent when so many have come together, so that those of many datagrams are one write. */
const WORTH_SENDING_BYTES = 48 * 1024;

/** Makes lines of datagrams and sends them. */
export class DatagramIntake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * Takes datagrams that came together. A promise says that the reader of the lines is behind.
   *
   * @param sourceOf says for messages where datagram i comes from
   */
  take(datagrams: readonly Uint8Array[], sourceOf: (i: number) => string): Promise<void> | undefined {
    const { lines, report, explain } = this.#options;
    let behind: Promise<void> | undefined;
    report.nextTurn();
    for (let i = 0; i < datagrams.length; i++) {
      report.sourceOf = () => sourceOf(i);
      lines.decode(datagrams[i] as Uint8Array);
      if (explain || lines.size >= WORTH_SENDING_BYTES) behind = this.send() ?? behind;
    }
    return this.send() ?? behind;
  }

  /** Sends what there is. */
  send(): Promise<void> | undefined {
    const { lines, report, send } = this.#options;
    let behind: Promise<void> | undefined;
    if (lines.size > 0) behind = send(lines.take());
    const comments = report.takeComments();
    return comments === '' ? behind : (send(Buffer.from(comments)) ?? behind);
  }
}
