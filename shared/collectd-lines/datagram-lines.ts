import {
  CHANGED_INTERVAL,
  CHANGED_TYPE,
  DatagramReader,
  type DatagramSink,
  type ReaderOptions,
} from '../collectd-protocol/datagram-reader.ts';
import { readNotification } from '../collectd-protocol/decode.ts';
import type { Refusal } from '../collectd-protocol/refusals.ts';
import { type ByteString, toByteString } from '../line-protocol/byte-string.ts';
import { type DecodeCounts, type Notice, newCounts } from './decode-counts.ts';
import { writeDigits } from './digits.ts';
import { type DataSets, type FieldNames, FieldNameTable } from './field-names.ts';
import { writeText } from './float-text.ts';
import { intervalText } from './interval-text.ts';
import { LineMemory } from './line-memory.ts';
import { MAX_TIME_BYTES, writeTime } from './line-time.ts';
import { DEFAULT_PREFIX, NAMING_FORMS, type Naming } from './naming.ts';
import { notificationLine } from './notification-line.ts';
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
const SINGLE_NAME = Buffer.from('value=');
const SINGLE_END = Buffer.from('_value');
const INTERVAL_FIELD = ',interval=';
/** Of the interval as a field, the time, and what stands between. */
const MAX_END_BYTES = INTERVAL_FIELD.length + 24 + MAX_TIME_BYTES;
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
  #names: FieldNameTable;
  readonly #values: ValueText;
  readonly #memory: LineMemory;
  readonly #isSplit: boolean;
  #hasDataSets: boolean;
  readonly #hasIntervalField: boolean;
  readonly #accepts: DatagramLinesOptions['accepts'];
  readonly #events: DecodeEvents;
  /** Of the current type. */
  #typeNames: FieldNames = NO_NAMES;
  /** With its key; empty where there is no such field. */
  #intervalField = '';

  /** How often what happened since the start. */
  readonly counts: DecodeCounts = newCounts();

  /** @throws {RangeError} for a prefix that cannot begin a measurement */
  constructor(options: DatagramLinesOptions = {}) {
    const form = NAMING_FORMS[options.naming ?? 'crosslayer'];
    const interval = options.interval ?? 'none';
    this.#reader = new DatagramReader(options);
    this.#head = new ValueListHead({
      prefix: form.hasPrefix ? (options.prefix ?? toByteString(DEFAULT_PREFIX)) : toByteString(''),
      pluginInstanceKey: form.pluginInstanceKey,
      hasIntervalTag: interval === 'tag',
    });
    this.#names = new FieldNameTable(options.dataSets, form.isSplit);
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
    this.#names = new FieldNameTable(dataSets, this.#isSplit);
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
    const names = this.#typeNames;
    const isNamed = names.count === reader.count;
    if (!isNamed && this.#hasDataSets) this.#notice(names.count === 0 ? 'unknown_type' : 'other_value_count', reader);
    if (!this.#reserve(reader, names)) return this.#notice('no_room', reader);
    if (this.#isSplit) this.#writeSplit(reader, names, isNamed);
    else this.#writeJoined(reader, names, isNamed);
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
    head.update(reader, this.#memory);
    if (changed & CHANGED_TYPE) this.#typeNames = this.#names.find(reader.bytes, reader.typeAt, reader.typeEnd);
    if (this.#hasIntervalField && changed & CHANGED_INTERVAL) {
      const text = intervalText(reader.intervalHigh, reader.intervalLow);
      this.#intervalField = text === '' ? '' : INTERVAL_FIELD + text;
    }
    for (; head.cleaned > 0; head.cleaned--) this.#notice('cleaned', reader);
    reader.changed = 0;
  }

  #reserve(reader: DatagramReader, names: FieldNames): boolean {
    const perValue = this.#values.maxBytes + MAX_INDEX_BYTES;
    if (this.#isSplit) {
      const perLine = this.#head.end + SINGLE_NAME.length + perValue + MAX_END_BYTES;
      return this.#memory.reserve(reader.count * perLine + names.bytes.length);
    }
    return this.#memory.reserve(this.#head.end + names.bytes.length + reader.count * perValue + MAX_END_BYTES);
  }

  #writeJoined(reader: DatagramReader, names: FieldNames, isNamed: boolean): void {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { bytes: out, view: numbers } = this.#memory;
    let p = this.#memory.end;
    out.copyWithin(p, 0, this.#head.end);
    p += this.#head.end;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const begin = p;
      if (written !== 0) out[p++] = COMMA;
      const valueAt = isNamed ? writeName(out, p, names, i) : writeIndexName(this.#memory, p, i, count);
      p = this.#values.write(numbers, valueAt, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (p === valueAt) {
        this.#notice('not_finite', reader);
        p = begin;
      } else {
        written++;
      }
    }
    if (written === 0) return this.#notice('without_fields', reader);
    if (this.#intervalField !== '' && !(isNamed && names.hasInterval)) p = writeText(numbers, p, this.#intervalField);
    if (!this.#endLine(reader, p)) return this.#notice('bad_time', reader);
    this.counts.valueLists++;
    this.counts.values += written;
  }

  #writeSplit(reader: DatagramReader, names: FieldNames, isNamed: boolean): void {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { measurementEnd, end } = this.#head;
    const { bytes: out, view: numbers } = this.#memory;
    let written = 0;
    for (let i = 0; i < count; i++) {
      let p = this.#memory.end;
      out.copyWithin(p, 0, measurementEnd);
      p += measurementEnd;
      p = isNamed ? writeName(out, p, names, i) : writeIndexEnd(this.#memory, p, i, count);
      out.copyWithin(p, measurementEnd, end);
      p = copy(out, p + end - measurementEnd, SINGLE_NAME);
      const valueEnd = this.#values.write(numbers, p, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (valueEnd === p) {
        this.#notice('not_finite', reader);
        continue;
      }
      written++;
      p = this.#intervalField === '' ? valueEnd : writeText(numbers, valueEnd, this.#intervalField);
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

const NO_NAMES: FieldNames = { count: 0, bytes: Buffer.alloc(0), ends: new Int32Array(0), hasInterval: false };

function writeName(out: Buffer, p: number, { bytes, ends }: FieldNames, index: number): number {
  const end = ends[index] as number;
  let at = p;
  for (let i = index === 0 ? 0 : (ends[index - 1] as number); i < end; i++) out[at++] = bytes[i] as number;
  return at;
}

/** The key of a value that types.db does not name. */
function writeIndexName({ bytes, view }: LineMemory, p: number, index: number, count: number): number {
  if (count === 1) return copy(bytes, p, SINGLE_NAME);
  const end = writeDigits(view, p, index);
  bytes[end] = EQUALS;
  return end + 1;
}

/** The end of a measurement for a value that types.db does not name. */
function writeIndexEnd({ bytes, view }: LineMemory, p: number, index: number, count: number): number {
  if (count === 1) return copy(bytes, p, SINGLE_END);
  bytes[p] = UNDERSCORE;
  return writeDigits(view, p + 1, index);
}

function copy(out: Buffer, p: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) out[p + i] = bytes[i] as number;
  return p + bytes.length;
}
