import type { ByteString } from './byte-string.ts';
import { LINE_ERROR_CODES, type LineErrorCode, type LineProtocolError } from './errors.ts';
import { unescapeKey, unescapeMeasurement } from './escape.ts';
import type { Point } from './format.ts';
import { Framer } from './framer.ts';
import {
  BLANKS,
  COMMENTS,
  FIELD_COLUMN,
  FIELD_KIND,
  FIELD_NUMBER,
  FIELD_SIZE,
  FIELD_VALUE,
  FIELD_VALUE_END,
  FLOAT,
  FRAME_ONLY,
  INNER_NEWLINES,
  LF,
  LINE_CODE,
  LINE_COLUMN,
  LINE_COLUMN_SIZE,
  LINE_ERROR_AT,
  LINE_FIELDS,
  LINE_FIRST_FIELD,
  LINE_FIRST_TAG,
  LINE_HAS_TIME,
  LINE_MEASUREMENT_END,
  LINE_TAGS,
  LINE_TIME,
  RECORDS,
  ROW_END,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROW_START,
  ROWS,
  SLOW_COUNT,
  SLOW_FIELDS,
  TAG_COLUMN,
} from './kernel/layout.ts';
import { createKernel, type Kernel, type KernelBytes, READ_SIZE } from './kernel.ts';
import { fieldValue } from './kernel-line.ts';
import type { FieldValue } from './line-view.ts';
import { lineProtocolError } from './messages.ts';
import { loadPowersOfTen } from './powers-of-ten.ts';

export interface LineReaderOptions {
  /** The longest record that is kept together, in bytes; longer ones are errors. Default 2 MiB. */
  readonly maxLineBytes?: number;
  /** Unit of the timestamps. Default nanoseconds. */
  readonly precision?: 'ns' | 'us' | 'ms' | 's';
}

/** What a field holds, as `LineBatch.kinds` numbers it. */
export const FIELD_KINDS = ['float', 'integer', 'unsigned', 'boolean', 'string'] as const;

export type FieldKind = (typeof FIELD_KINDS)[number];

/** 32-bit numbers that the columns have for a line. */
const LINE_STEP = LINE_COLUMN_SIZE >> 2;
/** 32-bit and 64-bit numbers that they have for a field. */
const FIELD_STEP = FIELD_SIZE >> 2;
const NUMBER_STEP = FIELD_SIZE >> 3;

const UNIT_NS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;

/**
 * Some lines of the input with all their values, read strictly. Valid until the callback that got it returns.
 *
 * Nothing is made for a value that nobody asks for. Numbers can be read without any object: `floats[f]`, `integers[f]` and `kinds[f]` of the
 * fields `firstField(i)` … `firstField(i) + fieldCount(i) - 1`, with the steps below.
 */
export class LineBatch {
  /** Number of lines; comments and blank lines are none. */
  length = 0;
  /** The input, in the reader's memory. */
  readonly bytes: KernelBytes;
  /** Value of the float field f, at `f * 4 + 3`. */
  readonly floats: Float64Array;
  /** Value of the integer field f, at `f * 4 + 3`. */
  readonly integers: BigInt64Array;
  /** Value of the unsigned field f, at `f * 4 + 3`; of a boolean 0 or 1. */
  readonly unsigneds: BigUint64Array;
  /** Of field f, at `f * 8`: begin and end of the key, kind (a place in FIELD_KINDS), begin and end of the value's text. */
  readonly fields: Int32Array;
  /** Of tag t, at `t * 5 + 1`: begin and end of the key, begin and end of the value. */
  readonly tags: Int32Array;
  readonly #kernel: Kernel;
  readonly #lines: Int32Array;
  readonly #times: BigInt64Array;
  readonly #position: (at: number) => { line: number; column: number };
  #firstRow = 0;

  constructor(kernel: Kernel, position: (at: number) => { line: number; column: number }) {
    this.#kernel = kernel;
    this.#position = position;
    this.bytes = kernel.bytes;
    const { buffer } = kernel.i32;
    this.floats = new Float64Array(buffer, FIELD_COLUMN);
    this.integers = new BigInt64Array(buffer, FIELD_COLUMN);
    this.unsigneds = new BigUint64Array(buffer, FIELD_COLUMN);
    this.fields = new Int32Array(buffer, FIELD_COLUMN);
    this.tags = new Int32Array(buffer, TAG_COLUMN);
    this.#lines = new Int32Array(buffer, LINE_COLUMN);
    this.#times = new BigInt64Array(buffer, LINE_COLUMN);
  }

  /** Reads the rows from `first` on, and gives behind the last. */
  fill(first: number, rows: number): number {
    const end = this.#kernel.readColumns(first, rows);
    this.#firstRow = first;
    this.length = end - first;
    this.#readSlowFloats();
    return end;
  }

  /** The numbers that need more than one exact multiplication. `Number` reads them as it reads all decimal text. */
  #readSlowFloats(): void {
    const { i32, f64, bytes } = this.#kernel;
    const count = i32[SLOW_COUNT >> 2] as number;
    for (let k = 0; k < count; k++) {
      const at = i32[(SLOW_FIELDS >> 2) + k] as number;
      const text = bytes.latin1Slice(i32[(at + FIELD_VALUE) >> 2], i32[(at + FIELD_VALUE_END) >> 2]);
      f64[(at + FIELD_NUMBER) >> 3] = Number(text);
      i32[(at + FIELD_KIND) >> 2] = FLOAT;
    }
  }

  #of(line: number, column: number): number {
    return this.#lines[line * LINE_STEP + (column >> 2)] as number;
  }

  #row(line: number, column: number): number {
    return this.#kernel.i32[(ROWS + (this.#firstRow + line) * ROW_SIZE + column) >> 2] as number;
  }

  /** What is wrong with line i, if anything. Its point is then not to be used. */
  errorCode(i: number): LineErrorCode | undefined {
    const code = this.#of(i, LINE_CODE);
    return code === 0 ? undefined : LINE_ERROR_CODES[code - 1];
  }

  /** The same with place and extract. */
  error(i: number): LineProtocolError | undefined {
    const code = this.errorCode(i);
    if (code === undefined) return undefined;
    const at = this.#of(i, LINE_ERROR_AT);
    return lineProtocolError(
      code,
      this.bytes,
      { start: this.begin(i), end: this.end(i) },
      { at, ...this.#position(at) },
    );
  }

  /** Where the record begins in `bytes`, blanks in front included, and behind its newline. */
  begin(i: number): number {
    return this.#row(i, ROW_START);
  }

  end(i: number): number {
    return this.#row(i, ROW_END);
  }

  /** Measurement and tags of line i as they stand in it: the same bytes for lines of one series, if their tags have one order. */
  head(i: number): string {
    return this.bytes.latin1Slice(this.#row(i, ROW_HEAD), this.#row(i, ROW_HEAD_END));
  }

  /** Whether `head(i)` is these bytes; costs no string. Heads of one source mostly differ near their end, so it is compared from there. */
  headIs(i: number, head: Uint8Array): boolean {
    const { bytes } = this;
    const start = this.#row(i, ROW_HEAD);
    if (this.#row(i, ROW_HEAD_END) - start !== head.length) return false;
    for (let k = head.length - 1; k >= 0; k--) if (bytes[start + k] !== head[k]) return false;
    return true;
  }

  measurement(i: number): ByteString {
    return unescapeMeasurement(this.bytes.latin1Slice(this.#row(i, ROW_HEAD), this.#of(i, LINE_MEASUREMENT_END)));
  }

  firstTag(i: number): number {
    return this.#of(i, LINE_FIRST_TAG);
  }

  tagCount(i: number): number {
    return this.#of(i, LINE_TAGS);
  }

  firstField(i: number): number {
    return this.#of(i, LINE_FIRST_FIELD);
  }

  fieldCount(i: number): number {
    return this.#of(i, LINE_FIELDS);
  }

  /** Nanoseconds since 1970, if the line has a time. */
  timeNs(i: number): bigint | undefined {
    if (this.#of(i, LINE_HAS_TIME) === 0) return undefined;
    return this.#times[(i * LINE_COLUMN_SIZE + LINE_TIME) >> 3];
  }

  tagKey(t: number): ByteString {
    return this.#key(this.tags[t * 5 + 1] as number, this.tags[t * 5 + 2] as number);
  }

  tagValue(t: number): ByteString {
    return this.#key(this.tags[t * 5 + 3] as number, this.tags[t * 5 + 4] as number);
  }

  fieldKey(f: number): ByteString {
    return this.#key(this.fields[f * 8] as number, this.fields[f * 8 + 1] as number);
  }

  /** What field f holds; made of nothing. */
  fieldKind(f: number): FieldKind {
    return FIELD_KINDS[this.fields[f * FIELD_STEP + (FIELD_KIND >> 2)] as number] as FieldKind;
  }

  /** The number of a float field. */
  float(f: number): number {
    return this.floats[f * NUMBER_STEP + (FIELD_NUMBER >> 3)] as number;
  }

  /** The number of an integer or unsigned field; of a boolean 0 or 1. */
  integer(f: number): bigint {
    const numbers = this.fieldKind(f) === 'integer' ? this.integers : this.unsigneds;
    return numbers[f * NUMBER_STEP + (FIELD_NUMBER >> 3)] as bigint;
  }

  fieldValue(f: number): FieldValue {
    return fieldValue(this.#kernel, FIELD_COLUMN + f * FIELD_SIZE) as FieldValue;
  }

  #key(from: number, to: number): ByteString {
    return unescapeKey(this.bytes.latin1Slice(from, to));
  }

  /** The line as values. Of several tags or fields with one key it has the last value, at the place of the first. */
  point(i: number): Point {
    const tags: [ByteString, ByteString][] = [];
    for (let t = this.firstTag(i), end = t + this.tagCount(i); t < end; t++)
      put(tags, this.tagKey(t), this.tagValue(t));
    const fields: [ByteString, FieldValue][] = [];
    for (let f = this.firstField(i), end = f + this.fieldCount(i); f < end; f++) {
      put(fields, this.fieldKey(f), this.fieldValue(f));
    }
    return { measurement: this.measurement(i), tags, fields, timeNs: this.timeNs(i) };
  }
}

function put<V>(pairs: [ByteString, V][], key: ByteString, value: V): void {
  for (const pair of pairs) {
    if (pair[0] !== key) continue;
    pair[1] = value;
    return;
  }
  pairs.push([key, value]);
}

/** Reads line protocol from chunks of any size, without I/O. A record may be cut anywhere; a quoted newline ends nothing. */
export class LineReader {
  readonly #kernel: Kernel;
  readonly #framer: Framer;
  readonly #batch: LineBatch;
  #onBatch: (batch: LineBatch) => void = () => {};
  /** Newlines before the batch, which begins behind one, and of those the ones in records that were too long. */
  #linesBefore = 0;
  #overlongLines = 0;
  #scannedFrom = 0;
  /** How far lines were counted for positions, and how many there are up to there: errors are asked for in order. */
  #countedTo = 0;
  #countedLines = 0;
  #overlong: LineProtocolError[] = [];

  constructor({ maxLineBytes = 2 << 20, precision = 'ns' }: LineReaderOptions = {}) {
    this.#kernel = createKernel(maxLineBytes);
    this.#kernel.setPrecision(UNIT_NS[precision]);
    loadPowersOfTen(this.#kernel);
    this.#batch = new LineBatch(this.#kernel, (at) => this.#positionOf(at));
    const sink = {
      batch: (rows: number, from: number) => this.#take(rows, from),
      overlong: (from: number, to: number) => this.#takeOverlong(from, to),
      overlongPart: (_from: number, to: number) => this.#passed(to),
    };
    this.#framer = new Framer(this.#kernel, sink, { decide: FRAME_ONLY, begin: () => 0 });
  }

  /**
   * Reads a chunk; complete lines go to the callback at once, in order. What the callback throws ends the reading: the rest of the chunk is forgotten, and the
   * next chunk begins with a line.
   */
  read(chunk: Uint8Array, onBatch: (batch: LineBatch) => void): void {
    const { bytes, readAt } = this.#kernel;
    this.#reading(onBatch, () => {
      for (let at = 0; at < chunk.length; at += READ_SIZE) {
        const part = chunk.subarray(at, at + READ_SIZE);
        bytes.set(part, readAt);
        this.#framer.received(part.length);
      }
    });
  }

  /** Reads what is left as the last line, whose newline may be missing. */
  end(onBatch: (batch: LineBatch) => void): void {
    this.#reading(onBatch, () => this.#framer.end());
  }

  #reading(onBatch: (batch: LineBatch) => void, read: () => void): void {
    this.#onBatch = onBatch;
    try {
      read();
    } catch (error) {
      // the kernel stands in the middle of a batch, from where it would never come to an end
      this.#framer.reset();
      throw error;
    }
  }

  /** Errors of records that were too long to be kept, since the last call. */
  takeOverlong(): LineProtocolError[] {
    return this.#overlong.splice(0);
  }

  #take(rows: number, from: number): void {
    this.#scanned(from);
    for (let first = 0; first < rows; ) {
      first = this.#batch.fill(first, rows);
      this.#onBatch(this.#batch);
    }
    this.#countLines();
  }

  #takeOverlong(from: number, to: number): void {
    this.#scanned(from);
    const place = { at: from, ...this.#positionOf(from) };
    this.#overlong.push(lineProtocolError('too_long', this.#kernel.bytes, { start: from, end: to }, place));
    this.#passed(to);
  }

  #scanned(from: number): void {
    this.#scannedFrom = from;
    this.#countedTo = from;
    this.#countedLines = this.#linesBefore;
  }

  #passed(to: number): void {
    if (this.#kernel.bytes[to - 1] === LF) this.#overlongLines++;
    this.#countLines();
  }

  #countLines(): void {
    const { f64 } = this.#kernel;
    const counted = [RECORDS, COMMENTS, BLANKS, INNER_NEWLINES].map((at) => f64[at >> 3] as number);
    this.#linesBefore = counted.reduce((sum, n) => sum + n, this.#overlongLines);
  }

  #positionOf(at: number): { line: number; column: number } {
    const { bytes } = this.#kernel;
    if (at < this.#countedTo) this.#scanned(this.#scannedFrom);
    for (; this.#countedTo < at; this.#countedTo++) if (bytes[this.#countedTo] === LF) this.#countedLines++;
    const scanned = bytes.subarray(this.#scannedFrom, at);
    return { line: this.#countedLines + 1, column: scanned.length - scanned.lastIndexOf(LF) };
  }

  /** Forgets what was read, for another input. */
  reset(): void {
    this.#framer.reset();
    for (const at of [RECORDS, COMMENTS, BLANKS, INNER_NEWLINES]) this.#kernel.f64[at >> 3] = 0;
    this.#overlongLines = 0;
    this.#linesBefore = 0;
    this.#overlong = [];
  }
}
