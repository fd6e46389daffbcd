import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Log } from '../../shared/log/log.ts';
import type { DatagramIntake } from './datagram-intake.ts';
import type { DecodeReport } from './decode-report.ts';
import { recordedDatagrams } from './recorded-datagrams.ts';

interface RecordingOptions {
  readonly intake: DatagramIntake;
  readonly report: DecodeReport;
  readonly log: Log;
  /** Called when all was sent. */
  readonly end: () => void;
}

/** So many lines that are no datagrams are told one by one, the rest as a sum: it may be the wrong file altogether. */
const MAX_TOLD = 5;

/** A recording that is decoded in place of what the network brings. */
export class Recording {
  readonly #path: string;
  readonly #stream: Readable;
  readonly #options: RecordingOptions;
  #stopped = false;
  #mistakes = 0;

  /** @param path `-` for standard input @throws when it cannot be read */
  static async open(path: string, options: RecordingOptions): Promise<Recording> {
    if (path === '-') return new Recording('(stdin)', process.stdin, options);
    const stream = createReadStream(path);
    await once(stream, 'ready');
    return new Recording(path, stream, options);
  }

  private constructor(path: string, stream: Readable, options: RecordingOptions) {
    this.#path = path;
    this.#stream = stream;
    this.#options = options;
    // not before the start of all stages, as the reader may have to be waited for
    setImmediate(() => void this.#decode());
  }

  stop(): void {
    this.#stopped = true;
    this.#stream.destroy();
  }

  async #decode(): Promise<void> {
    try {
      for await (const found of recordedDatagrams(this.#stream)) {
        const { intake } = this.#options;
        const datagrams = found.flatMap((recorded) => ('datagram' in recorded ? [recorded] : []));
        for (const recorded of found) if ('mistake' in recorded) this.#tell(recorded.line, recorded.mistake);
        await intake.take(
          datagrams.map(({ datagram }) => datagram),
          (i) => `datagram ${datagrams[i]?.line}`,
        );
        if (this.#stopped) return;
      }
      this.#options.end();
    } catch (error) {
      if (!this.#stopped) throw error;
    } finally {
      this.#tellSum();
    }
  }

  #tell(line: number, mistake: string): void {
    if (++this.#mistakes <= MAX_TOLD) this.#options.log.error(`${this.#path}:${line}: ${mistake}`);
    this.#options.report.comment(`line ${line}: ${mistake}`);
  }

  #tellSum(): void {
    const more = this.#mistakes - MAX_TOLD;
    if (more > 0) this.#options.log.error(`${this.#path}: ${more} more lines are no datagrams; --explain says each`);
  }
}
