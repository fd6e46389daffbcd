import { DatagramReader, type DatagramSink, type ReaderOptions } from '../collectd-protocol/datagram-reader.ts';
import { readNotification } from '../collectd-protocol/decode.ts';
import type { Refusal } from '../collectd-protocol/refusals.ts';
import { type ByteString, toByteString } from '../line-protocol/byte-string.ts';
import { type DecodeCounts, type Notice, newCounts } from './decode-counts.ts';
import { DEFAULT_PREFIX, NAMING_FORMS, type Naming } from './naming.ts';
import { notificationLine } from './notification-line.ts';
import type { DataSets } from './type-table.ts';
import { ValueListLines } from './value-list-lines.ts';
import type { UnsignedSuffix } from './value-text.ts';

/** How lines are made of datagrams, and which datagrams are believed. */
export interface DatagramLinesOptions extends ReaderOptions {
  /** Default `crosslayer`. */
  readonly naming?: Naming;
  /** Default `as_named`: what the naming's own software writes; `exact`: no digit and no kind is lost. */
  readonly numbers?: 'as_named' | 'exact';
  /** In front of the plugin in measurements of `crosslayer`. Default `collectd_`. */
  readonly prefix?: ByteString;
  /** How exact counters and absolute values are written. Default `u`. */
  readonly unsigned?: UnsignedSuffix;
  /** Where the interval is written, in seconds, under the name `interval`. Default `none`. */
  readonly interval?: 'none' | 'field' | 'tag';
  /** Names the values; without it a single value is called `value`, and several 0, 1, … */
  readonly dataSets?: DataSets | undefined;
  /** Most bytes of lines that wait to be taken. */
  readonly maxBytes?: number;
  /** Asked before each value list and notification is written; false leaves it out. */
  readonly accepts?: ((reader: DatagramReader, what: 'value_list' | 'notification') => boolean) | undefined;
  readonly events?: DecodeEvents | undefined;
}

/** Tells, besides the counts, what happened to which value list. What the reader shows is good during the call only. */
export interface DecodeEvents {
  refused?(refusal: Refusal, reader: DatagramReader, at: number): void;
  noticed?(notice: Notice, reader: DatagramReader): void;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Datagrams straight to lines, without an object for a value. Where collectd itself would drop a value list, as its type is not in types.db or has another
 * number of values there, the values are kept, called by their index, and counted; slashes in names stay; the type byte of a value says what it is, and
 * types.db only what it is called.
 */
export class DatagramLines implements DatagramSink {
  readonly #reader: DatagramReader;
  readonly #lines: ValueListLines;
  readonly #accepts: DatagramLinesOptions['accepts'];
  readonly #events: DecodeEvents;

  /** How often what happened since the start. */
  readonly counts: DecodeCounts = newCounts();

  /** @throws {RangeError} for a prefix that cannot begin a measurement */
  constructor(options: DatagramLinesOptions = {}) {
    const { hasPrefix, numbers, ...form } = NAMING_FORMS[options.naming ?? 'crosslayer'];
    this.#reader = new DatagramReader(options);
    this.#lines = new ValueListLines({
      ...form,
      prefix: hasPrefix ? (options.prefix ?? toByteString(DEFAULT_PREFIX)) : toByteString(''),
      numbers: options.numbers === 'exact' ? 'exact' : numbers,
      unsigned: options.unsigned ?? 'u',
      interval: options.interval ?? 'none',
      dataSets: options.dataSets,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      onNotice: (notice, reader) => this.#notice(notice, reader),
    });
    this.#accepts = options.accepts;
    this.#events = options.events ?? {};
  }

  /** Names values by other data sets, from the next datagram on. */
  nameBy(dataSets: DataSets | undefined): void {
    this.#lines.nameBy(dataSets);
  }

  /** Bytes of lines that wait to be taken. */
  get size(): number {
    return this.#lines.memory.size;
  }

  /** Signatures that were believed unverified, as there are no credentials. */
  get unverified(): number {
    return this.#reader.unverified;
  }

  /** Writes the lines of a datagram behind those that wait. Never throws for bad data. */
  decode(datagram: Uint8Array): void {
    this.counts.datagrams++;
    this.#reader.read(datagram, this);
  }

  /** The lines since the last call. The bytes are good until the next `decode`. */
  take(): Uint8Array {
    return this.#lines.memory.take();
  }

  valueList(reader: DatagramReader): void {
    if (this.#accepts !== undefined && !this.#accepts(reader, 'value_list'))
      return this.#notice('not_accepted', reader);
    const written = this.#lines.write(reader);
    if (written === 0) return;
    this.counts.valueLists++;
    this.counts.values += written;
  }

  notification(reader: DatagramReader): void {
    if (this.#accepts !== undefined && !this.#accepts(reader, 'notification'))
      return this.#notice('not_accepted', reader);
    const written = notificationLine(readNotification(reader));
    if (written === undefined) return this.#notice('bad_time', reader);
    for (let i = 0; i < written.cleaned; i++) this.#notice('cleaned', reader);
    if (!this.#lines.memory.add(written.line)) return this.#notice('no_room', reader);
    this.counts.notifications++;
  }

  refused(refusal: Refusal, at: number, reader: DatagramReader): void {
    this.counts[refusal]++;
    this.#events.refused?.(refusal, reader, at);
  }

  #notice(notice: Notice, reader: DatagramReader): void {
    this.counts[notice]++;
    this.#events.noticed?.(notice, reader);
  }
}
