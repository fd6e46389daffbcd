import { CHANGED_INTERVAL, CHANGED_TYPE } from '../collectd-protocol/current-fields.ts';
import type { DatagramReader } from '../collectd-protocol/datagram-reader.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import type { Notice } from './decode-counts.ts';
import { writeDigits } from './digits.ts';
import { EscapedParts } from './escaped-parts.ts';
import { MAX_FLOAT_BYTES, writeText } from './float-text.ts';
import { intervalText } from './interval-text.ts';
import { LineMemory } from './line-memory.ts';
import { MAX_TIME_BYTES, writeTime } from './line-time.ts';
import type { NumberForm } from './naming.ts';
import { READY_SLACK, readyText, writeReady } from './ready-text.ts';
import { type DataSets, type LineType, TypeTable } from './type-table.ts';
import { ValueListHead } from './value-list-head.ts';
import { type UnsignedSuffix, ValueText } from './value-text.ts';

interface ValueListLinesOptions {
  /** In front of the plugin in the measurement. */
  readonly prefix: ByteString;
  readonly pluginInstanceKey: string;
  /** One line for each value, the measurement being `<plugin>_<data source>`. */
  readonly isSplit: boolean;
  readonly numbers: NumberForm;
  readonly unsigned: UnsignedSuffix;
  readonly interval: 'none' | 'field' | 'tag';
  readonly dataSets: DataSets | undefined;
  /** Most bytes of lines that wait to be taken. */
  readonly maxBytes: number;
  /** Told of what was left out or changed. */
  readonly onNotice: (notice: Notice, reader: DatagramReader) => void;
}

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

/** Writes the value list that a reader stands on as one line, or one for each value. */
export class ValueListLines {
  readonly #head: ValueListHead;
  readonly #parts: EscapedParts;
  #types: TypeTable;
  readonly #values: ValueText;
  readonly #isSplit: boolean;
  #hasDataSets: boolean;
  readonly #hasIntervalField: boolean;
  readonly #onNotice: (notice: Notice, reader: DatagramReader) => void;
  #type: LineType = NO_TYPE;
  /** With its key; empty where there is no such field. */
  #intervalField = '';

  /** Where the lines wait. */
  readonly memory: LineMemory;

  /** @throws {RangeError} for a prefix that cannot begin a measurement */
  constructor({ prefix, pluginInstanceKey, isSplit, interval, dataSets, ...options }: ValueListLinesOptions) {
    const parts = new EscapedParts(prefix);
    this.#parts = parts;
    this.#head = new ValueListHead({ prefix, parts, pluginInstanceKey, hasIntervalTag: interval === 'tag' });
    this.#types = new TypeTable(dataSets, isSplit, parts);
    this.#values = new ValueText(options.numbers, options.unsigned);
    this.memory = new LineMemory(this.#head.room, options.maxBytes);
    this.#isSplit = isSplit;
    this.#hasDataSets = dataSets !== undefined;
    this.#hasIntervalField = interval === 'field';
    this.#onNotice = options.onNotice;
  }

  /** Names values by other data sets, from the next datagram on. */
  nameBy(dataSets: DataSets | undefined): void {
    this.#types = new TypeTable(dataSets, this.#isSplit, this.#parts);
    this.#hasDataSets = dataSets !== undefined;
  }

  /** Gives the number of values that were written. */
  write(reader: DatagramReader): number {
    if (reader.changed !== 0) this.#update(reader);
    if (this.#head.measurementEnd === 0) return this.#refuse('without_measurement', reader);
    const known = this.#type.names.length;
    const isNamed = known === reader.count;
    if (!isNamed && this.#hasDataSets) this.#onNotice(known === 0 ? 'unknown_type' : 'other_value_count', reader);
    if (!this.memory.reserve(this.#mostBytes(reader.count))) return this.#refuse('no_room', reader);
    const written = this.#isSplit ? this.#writeSplit(reader, isNamed) : this.#writeJoined(reader, isNamed);
    for (; this.#values.clamped > 0; this.#values.clamped--) this.#onNotice('clamped', reader);
    return written;
  }

  #refuse(notice: Notice, reader: DatagramReader): 0 {
    this.#onNotice(notice, reader);
    return 0;
  }

  /** Follows what changed in the reader since the last value list. */
  #update(reader: DatagramReader): void {
    const { changed } = reader;
    const head = this.#head;
    if (changed & CHANGED_TYPE) this.#type = this.#types.find(reader);
    head.update(reader, this.memory, this.#type);
    if (this.#hasIntervalField && changed & CHANGED_INTERVAL) {
      const text = intervalText(reader.intervalHigh, reader.intervalLow);
      this.#intervalField = text === '' ? '' : INTERVAL_FIELD + text;
    }
    for (; head.cleaned > 0; head.cleaned--) this.#onNotice('cleaned', reader);
    reader.changed = 0;
  }

  /** What the lines of so many values may need. */
  #mostBytes(count: number): number {
    const perValue = this.#values.maxBytes + MAX_INDEX_BYTES;
    if (!this.#isSplit) return this.#head.end + this.#type.nameBytes + count * perValue + MAX_END_BYTES;
    return this.#type.nameBytes + count * (this.#head.end + SINGLE_NAME.length + perValue + MAX_END_BYTES);
  }

  #writeJoined(reader: DatagramReader, isNamed: boolean): number {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { names, hasInterval } = this.#type;
    const { bytes: out, view: numbers } = this.memory;
    const { end: headEnd } = this.#head;
    const fieldsAt = this.memory.end + headEnd;
    out.copyWithin(this.memory.end, 0, headEnd);
    let p = fieldsAt;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i];
      const valueAt =
        isNamed && name !== undefined ? writeReady(numbers, p, name) : writeIndexName(numbers, p, i, count);
      const end = this.#values.write(numbers, valueAt, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (end === valueAt) {
        this.#onNotice('not_finite', reader);
      } else {
        p = end;
        written++;
      }
    }
    if (written === 0) return this.#refuse('without_fields', reader);
    // every name begins with a comma
    numbers.setUint8(fieldsAt, BLANK);
    if (this.#intervalField !== '' && !(isNamed && hasInterval)) p = writeText(numbers, p, this.#intervalField);
    if (!this.#endLine(reader, p)) return this.#refuse('bad_time', reader);
    return written;
  }

  #writeSplit(reader: DatagramReader, isNamed: boolean): number {
    const { count, kindsAt, valuesAt, bytes, view } = reader;
    const { names } = this.#type;
    const { measurementEnd, end: headEnd } = this.#head;
    const { bytes: out, view: numbers } = this.memory;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i];
      let p = this.memory.end + measurementEnd;
      out.copyWithin(this.memory.end, 0, measurementEnd);
      p = isNamed && name !== undefined ? writeReady(numbers, p, name) : writeIndexEnd(numbers, p, i, count);
      out.copyWithin(p, measurementEnd, headEnd);
      p += headEnd - measurementEnd;
      const valueAt = writeReady(numbers, p, SINGLE_NAME);
      numbers.setUint8(p, BLANK);
      p = this.#values.write(numbers, valueAt, view, bytes[kindsAt + i] as number, valuesAt + i * 8);
      if (p === valueAt) {
        this.#onNotice('not_finite', reader);
        continue;
      }
      written++;
      if (this.#intervalField !== '') p = writeText(numbers, p, this.#intervalField);
      if (!this.#endLine(reader, p)) return this.#refuse('bad_time', reader);
    }
    if (written === 0) return this.#refuse('without_fields', reader);
    return written;
  }

  /** Writes the time; false, and the line is forgotten, when it cannot be written. */
  #endLine(reader: DatagramReader, p: number): boolean {
    const { view } = this.memory;
    view.setUint8(p, BLANK);
    const end = writeTime(view, p + 1, reader.timeHigh, reader.timeLow);
    if (end === 0) return false;
    view.setUint8(end, LF);
    this.memory.end = end + 1;
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
