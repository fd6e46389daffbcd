import type { DecodeEvents } from '../../shared/collectd-lines/datagram-lines.ts';
import { NOTICES, type Notice } from '../../shared/collectd-lines/decode-counts.ts';
import type { DatagramReader } from '../../shared/collectd-protocol/datagram-reader.ts';
import { type Refusal, refusalText } from '../../shared/collectd-protocol/refusals.ts';
import { type ByteString, fromByteString } from '../../shared/line-protocol/byte-string.ts';
import { visible } from '../../shared/line-protocol/messages.ts';
import type { Log } from '../../shared/log/log.ts';

/** What every collectd does every day: NaN is its word for an unknown value. It is counted, and told by --explain. */
const ORDINARY: ReadonlySet<Notice> = new Set(['not_finite', 'without_fields', 'not_accepted']);

/** Tells the operator what happens to datagrams, with sender, place, user and identifier; passwords are not known here. */
export class DecodeReport implements DecodeEvents {
  readonly #log: Log;
  readonly #explains: boolean;
  /** Comments for --explain, about what was decided since they were taken. */
  #comments: string[] = [];
  /** What was said of each kind in this turn. */
  readonly #told = new Map<string, string>();
  /** Who sent the datagram that is decoded now, or where it stands; asked only when there is something to tell. */
  sourceOf: () => string = () => '';

  constructor(log: Log, explains: boolean) {
    this.#log = log;
    this.#explains = explains;
  }

  refused(refusal: Refusal, reader: DatagramReader, at: number): void {
    this.tell(refusal, refusalText(refusal, reader.claimedUser), reader, at);
  }

  noticed(notice: Notice, reader: DatagramReader): void {
    if (ORDINARY.has(notice)) this.explain(NOTICES[notice], reader);
    else this.tell(notice, NOTICES[notice], reader);
  }

  /** Other datagrams come: their trouble gets texts of its own. */
  nextTurn(): void {
    this.#told.clear();
  }

  /** Logs the first of a kind in a while, and explains each. */
  tell(kind: string, text: string, reader: DatagramReader, at?: number): void {
    // the log wants one text a minute: with a type that is unknown everywhere, texts would cost more than the decoding
    const message = this.#told.get(kind) ?? `${text}; ${this.#place(reader, at)}`;
    this.#told.set(kind, message);
    this.#log.trouble(kind, message);
    this.explain(text, reader, at);
  }

  explain(text: string, reader: DatagramReader, at?: number): void {
    if (this.#explains) this.#comments.push(`# ${this.#place(reader, at)}: ${text}\n`);
  }

  /** About a line that could not be read as a datagram, for example. */
  comment(text: string): void {
    if (this.#explains) this.#comments.push(`# ${text}\n`);
  }

  takeComments(): string {
    return this.#comments.splice(0).join('');
  }

  #place(reader: DatagramReader, at?: number): string {
    const { host, plugin, pluginInstance, type, typeInstance } = reader.identifier();
    const name = `${host}/${plugin}${withHyphen(pluginInstance)}/${type}${withHyphen(typeInstance)}`;
    const words = [
      this.sourceOf(),
      ...(at === undefined ? [] : [`byte ${at}`]),
      ...(reader.user === undefined ? [] : [`of user "${shown(reader.user)}"`]),
      ...(name === '//' ? [] : [`at "${shown(name as ByteString)}"`]),
    ];
    return words.join(', ');
  }
}

function withHyphen(instance: ByteString): string {
  return instance === '' ? '' : `-${instance}`;
}

function shown(bytes: ByteString): string {
  return visible(fromByteString(bytes));
}
