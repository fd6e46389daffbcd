import { CHANGED_INTERVAL, CHANGED_TYPE } from '../collectd-protocol/current-fields.ts';
import { DatagramReader, type DatagramSink, type ReaderOptions } from '../collectd-protocol/datagram-reader.ts';
import { readNotification } from '../collectd-protocol/decode.ts';
import type { Refusal } from '../collectd-protocol/refusals.ts';
import { type ByteString, toByteString } from '../line-protocol/byte-string.ts';
import { type DecodeCounts, type Notice, newCounts } from './decode-counts.ts';
import { writeDigits } from './digits.ts';
import { EscapedParts } from './escaped-parts.ts';
import { MAX_FLOAT_BYTES, writeText } from './float-text.ts';
import { intervalText } from './interval-text.ts';
import { LineMemory } from './line-memory.ts';
import { MAX_TIME_BYTES, writeTime } from './line-time.ts';
import { DEFAULT_PREFIX, NAMING_FORMS, type Naming } from './naming.ts';
import { notificationLine } from './notification-line.ts';
import { READY_SLACK, readyText, writeReady } from './ready-text.ts';
import { type DataSets, type LineType, TypeTable } from './type-table.ts';
import { ValueListHead } from './value-list-head.ts';
import { type UnsignedSuffix, ValueText } from './value-text.ts';

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
/** `,9999=`: a part of 64 KiB holds fewer values than that. */
const MAX_INDEX_BYTES = 6;
const SINGLE_NAME = readyText(Buffer.from(',value='));
const SINGLE_END = readyText(Buffer.from('_value'));
const INTERVAL_FIELD = ',interval=';
/** Of the interval as a field and the time. */
const MAX_END_BYTES = INTERVAL_FIELD.length + MAX_FLOAT_BYTES + MAX_TIME_BYTES + READY_SLACK;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
const BLANK = 0x20;
const LF = 0x0a;

/**
 * Datagrams straight to lines, without an object for a value. Where collectd itself would drop a value list, as its type is not in types.db or has another
 * number of values there, the values are kept, called by their index, and counted; slashes in names stay; the type byte of a value says what it is, and
 * types.db only what it is called.
 */
export class DatagramLines implements DatagramSink {
  readonly #reader: DatagramReader;
  readonly #head: ValueListHead;
  readonly #parts: EscapedParts;
  #types: TypeTable;
  readonly #values: ValueText;
  readonly #memory: LineMemory;
  readonly #isSplit: boolean;
  #hasDataSets: boolean;
  readonly #hasIntervalField: boolean;
  readonly #accepts: DatagramLinesOptions['accepts'];
  readonly #events: DecodeEvents;
  #type: LineType = NO_TYPE;
  /** With its key; empty where there is no such field. */
  #intervalField = '';

  /** How often what happened since the start. */
  readonly counts: DecodeCounts = newCounts();

  /** @throws {RangeError} for a prefix that cannot begin a measurement */
  constructor(options: DatagramLinesOptions = {}) {
    const form = NAMING_FORMS[options.naming ?? 'crosslayer'];
    const interval = options.interval ?? 'none';
    this.#reader = new DatagramReader(options);
    const prefix = form.hasPrefix ? (options.prefix ?? toByteString(DEFAULT_PREFIX)) : toByteString('');
    this.#parts = new EscapedParts(prefix);
    this.#head = new ValueListHead({
      prefix,
      parts: this.#parts,
      pluginInstanceKey: form.pluginInstanceKey,
      hasIntervalTag: interval === 'tag',
    });
    this.#types = new TypeTable(options.dataSets, form.isSplit, this.#parts);
    this.#values = new ValueText(options.numbers === 'exact' ? 'exact' : form.numbers, options.unsigned ?? 'u');
    this.#memory = new LineMemory(this.#head.room, options.maxBytes ?? DEFAULT_MAX_BYTES);
    this.#isSplit = form.isSplit;
    this.#hasDataSets = options.dataSets !== undefined;
    this.#hasIntervalField = interval === 'field';
    this.#accepts = options.accepts;
    this.#events = options.events ?? {};
  }

  /** Names values by other data sets, from the next datagram on. */
  nameBy(dataSets: DataSets | undefined): void {
    this.#types = new TypeTable(dataSets, this.#isSplit, this.#parts);
    this.#hasDataSets = dataSets !== undefined;
  }

  /** Bytes of lines that wait to be taken. */
  get size(): number {
    return this.#memory.size;
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
    return this.#memory.take();
  }

  valueList(reader: DatagramReader): void {
    if (this.#accepts !== undefined && !this.#accepts(reader, 'value_list'))
      return this.#notice('not_accepted', reader);
    if (reader.changed !== 0) this.#update(reader);
    if (this.#head.measurementEnd === 0) return this.#notice('without_measurement', reader);
    const known = this.#type.names.length;
    const isNamed = known === reader.count;
    if (!isNamed && this.#hasDataSets) this.#notice(known === 0 ? 'unknown_type' : 'other_value_count', reader);
    if (!this.#memory.reserve(this.#mostBytes(reader.count))) return this.#notice('no_room', reader);
    if (this.#isSplit) this.#writeSplit(reader, isNamed);
    else this.#writeJoined(reader, isNamed);
    if (this.#values.clamped !== 0) this.#noticeClamped(reader);
  }

  notification(reader: DatagramReader): void {
    if (this.#accepts !== undefined && !this.#accepts(reader, 'notification'))
      return this.#notice('not_accepted', reader);
    const written = notificationLine(readNotification(reader));
    if (written === undefined) return this.#notice('bad_time', reader);
    for (let i = 0; i < written.cleaned; i++) this.#notice('cleaned', reader);
    if (!this.#memory.add(written.line)) return this.#notice('no_room', reader);
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

  #noticeClamped(reader: DatagramReader): void {
    for (; this.#values.clamped > 0; this.#values.clamped--) this.#notice('clamped', reader);
  }

  /** Follows what changed in the reader since the last value list. */
  #update(reader: DatagramReader): void {
    const { changed } = reader;
    const head = this.#head;
    if (changed & CHANGED_TYPE) this.#type = this.#types.find(reader);
    head.update(reader, this.#memory, this.#type);
    if (this.#hasIntervalField && changed & CHANGED_INTERVAL) {
      const text = intervalText(reader.intervalHigh, reader.intervalLow);
      this.#intervalField = text === '' ? '' : INTERVAL_FIELD + text;
    }
    for (; head.cleaned > 0; head.cleaned--) this.#notice('cleaned', reader);
    reader.changed = 0;
  }

  /** What the lines of so many values may need. */
  #mostBytes(count: number): number {
    const perValue = this.#values.maxBytes + MAX_INDEX_BYTES;
    if (!this.#isSplit) return this.#head.end + this.#type.nameBytes + count * perValue + MAX_END_BYTES;
    return this.#type.nameBytes + count * (this.#head.end + SINGLE_NAME.length + perValue + MAX_END_BYTES);
  }

  #writeJoined(reader: DatagramReader, isNamed: boolean): void {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { names, hasInterval } = this.#type;
    const { bytes: out, view: numbers } = this.#memory;
    const { end: headEnd } = this.#head;
    const fieldsAt = this.#memory.end + headEnd;
    out.copyWithin(this.#memory.end, 0, headEnd);
    let p = fieldsAt;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i];
      const valueAt =
        isNamed && name !== undefined ? writeReady(numbers, p, name) : writeIndexName(numbers, p, i, count);
      const end = this.#values.write(numbers, valueAt, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (end === valueAt) {
        this.#notice('not_finite', reader);
      } else {
        p = end;
        written++;
      }
    }
    if (written === 0) return this.#notice('without_fields', reader);
    // every name begins with a comma
    numbers.setUint8(fieldsAt, BLANK);
    if (this.#intervalField !== '' && !(isNamed && hasInterval)) p = writeText(numbers, p, this.#intervalField);
    if (!this.#endLine(reader, p)) return this.#notice('bad_time', reader);
    this.counts.valueLists++;
    this.counts.values += written;
  }

  #writeSplit(reader: DatagramReader, isNamed: boolean): void {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { names } = this.#type;
    const { measurementEnd, end: headEnd } = this.#head;
    const { bytes: out, view: numbers } = this.#memory;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i];
      let p = this.#memory.end + measurementEnd;
      out.copyWithin(this.#memory.end, 0, measurementEnd);
      p = isNamed && name !== undefined ? writeReady(numbers, p, name) : writeIndexEnd(numbers, p, i, count);
      out.copyWithin(p, measurementEnd, headEnd);
      p += headEnd - measurementEnd;
      const valueAt = writeReady(numbers, p, SINGLE_NAME);
      numbers.setUint8(p, BLANK);
      p = this.#values.write(numbers, valueAt, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (p === valueAt) {
        this.#notice('not_finite', reader);
        continue;
      }
      written++;
      if (this.#intervalField !== '') p = writeText(numbers, p, this.#intervalField);
      if (!this.#endLine(reader, p)) return this.#notice('bad_time', reader);
    }
    if (written === 0) return this.#notice('without_fields', reader);
    this.counts.valueLists++;
    this.counts.values += written;
  }

  /** Writes the time; false, and the line is forgotten, when it cannot be written. */
  #endLine(reader: DatagramReader, p: number): boolean {
    const { view } = this.#memory;
    view.setUint8(p, BLANK);
    const end = writeTime(view, p + 1, reader.timeHigh, reader.timeLow);
    if (end === 0) return false;
    view.setUint8(end, LF);
    this.#memory.end = end + 1;
    return true;
  }
}

const NO_TYPE: LineType = {
  tag: readyText(Buffer.alloc(0)),
  isCleaned: false,
  names: [],
  nameBytes: 0,
  hasInterval: false,
};

/** The key of a value that types.db does not name. */
function writeIndexName(out: DataView, p: number, index: number, count: number): number {
  if (count === 1) return writeReady(out, p, SINGLE_NAME);
  out.setUint8(p, COMMA);
  const end = writeDigits(out, p + 1, index);
  out.setUint8(end, EQUALS);
  return end + 1;
}

/** The end of a measurement for a value that types.db does not name. */
function writeIndexEnd(out: DataView, p: number, index: number, count: number): number {
  if (count === 1) return writeReady(out, p, SINGLE_END);
  out.setUint8(p, UNDERSCORE);
  return writeDigits(out, p + 1, index);
}
