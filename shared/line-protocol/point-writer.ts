import { type ByteString, toByteString } from './byte-string.ts';
import { LineProtocolError } from './errors.ts';
import {
  formatBoolean,
  formatFieldKey,
  formatFloat,
  formatInteger,
  formatMeasurement,
  formatString,
  formatTagKey,
  formatTagValue,
  formatTime,
  formatUnsigned,
  type LinePart,
  whyUnwritable,
} from './format.ts';
import { visibleBytes } from './messages.ts';

/**
 * Writes new lines, byte for byte what every parser reads alike (`format.ts` names the rules). What cannot be written is
 * left out and reported by `end`. Texts are JavaScript strings and become UTF-8; a byte string goes through `fromByteString` first.
 */
export interface PointWriter {
  /** Begins a line. */
  measurement(name: string): this;
  tag(key: string, value: string): this;
  /** NaN and infinities cannot be written. */
  float(key: string, value: number): this;
  /** 64 bit; a number must be a safe integer. */
  integer(key: string, value: bigint | number): this;
  unsigned(key: string, value: bigint | number): this;
  boolean(key: string, value: boolean): this;
  string(key: string, value: string): this;
  /** Ends the line. Time in nanoseconds since 1970; absent: now. Gives false, and writes nothing, when no field is left. */
  end(timeNs?: bigint): boolean;
}

export interface PointBufferOptions {
  /** Nanoseconds since 1970, for points without a time. */
  readonly nowNs: () => bigint;
  /** Told of every part that was left out, and of every line that did not fit. Line and column are those in the buffer. */
  readonly onProblem: (problem: LineProtocolError) => void;
  /** Most bytes that wait to be taken; a line that does not fit is left out. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const FIRST_SIZE = 16 * 1024;
const LF = 0x0a;

/** Where the line under way stands: none, refused as a whole, in its tags, in its fields. */
type State = 'idle' | 'refused' | 'tags' | 'fields';

/** A point writer into memory. Complete lines wait until they are taken; a line begun and not ended is forgotten. */
export class PointBuffer implements PointWriter {
  readonly #options: PointBufferOptions;
  readonly #maxBytes: number;
  #bytes: Buffer;
  /** Behind the last complete line, and behind what the line under way has so far. */
  #end = 0;
  #p = 0;
  #state: State = 'idle';
  #tooLong = false;
  readonly #tagKeys = new Set<string>();
  readonly #fieldKeys = new Set<string>();
  #problems: LineProtocolError[] = [];

  constructor(options: PointBufferOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(FIRST_SIZE, this.#maxBytes));
  }

  /** Bytes of complete lines that wait to be taken. */
  get size(): number {
    return this.#end;
  }

  /** The complete lines since the last call. The bytes are the caller's from now on. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#end);
    const rest = this.#bytes.subarray(this.#end, this.#p);
    const size = Math.max(this.#p - this.#end, Math.min(this.#bytes.length, FIRST_SIZE));
    this.#bytes = Buffer.allocUnsafeSlow(size);
    rest.copy(this.#bytes);
    this.#p = rest.length;
    this.#end = 0;
    return taken;
  }

  measurement(name: string): this {
    this.#p = this.#end;
    this.#tooLong = false;
    this.#problems = [];
    this.#tagKeys.clear();
    this.#fieldKeys.clear();
    const text = this.#written('measurement', name, formatMeasurement);
    this.#state = text === undefined ? 'refused' : 'tags';
    if (text !== undefined) this.#append(text);
    return this;
  }

  tag(key: string, value: string): this {
    if (this.#state === 'refused') return this;
    if (this.#state !== 'tags') throw new Error('A tag must follow measurement() and stand before the first field');
    const keyText = this.#once('tag key', this.#tagKeys, key, formatTagKey);
    const valueText = keyText === undefined ? undefined : this.#written('tag value', value, formatTagValue);
    if (valueText === undefined) return this;
    this.#tagKeys.add(key);
    this.#append(`,${keyText}=${valueText}`);
    return this;
  }

  float(key: string, value: number): this {
    return this.#field(key, value, formatFloat(value));
  }

  integer(key: string, value: bigint | number): this {
    return this.#field(key, value, formatInteger(value));
  }

  unsigned(key: string, value: bigint | number): this {
    return this.#field(key, value, formatUnsigned(value));
  }

  boolean(key: string, value: boolean): this {
    return this.#field(key, value, formatBoolean(value));
  }

  string(key: string, value: string): this {
    return this.#field(key, value, formatText(value, formatString));
  }

  end(timeNs: bigint = this.#options.nowNs()): boolean {
    if (this.#state === 'idle') throw new Error('A line must begin with measurement()');
    const hasFields = this.#state === 'fields';
    const time = formatTime(timeNs);
    if (hasFields && time === undefined) this.#refuse('timestamp', timeNs);
    if (hasFields && time !== undefined) this.#append(` ${time}\n`);
    const isWritten = hasFields && time !== undefined && !this.#tooLong;
    if (isWritten) this.#end = this.#p;
    this.#p = this.#end;
    this.#state = 'idle';
    for (const problem of this.#problems) this.#options.onProblem(problem);
    this.#problems = [];
    return isWritten;
  }

  #field(key: string, value: string | number | bigint | boolean, text: string | undefined): this {
    if (this.#state === 'refused') return this;
    if (this.#state === 'idle') throw new Error('A field must follow measurement()');
    const keyText = this.#once('field key', this.#fieldKeys, key, formatFieldKey);
    if (keyText === undefined) return this;
    if (text === undefined) {
      this.#refuse('field value', value);
      return this;
    }
    this.#fieldKeys.add(key);
    this.#append(`${this.#state === 'fields' ? ',' : ' '}${keyText}=${text}`);
    this.#state = 'fields';
    return this;
  }

  /** The key's text, or undefined for one that cannot be written or stands in the line already. */
  #once(part: LinePart, keys: ReadonlySet<string>, key: string, format: Formatter): string | undefined {
    if (!keys.has(key)) return this.#written(part, key, format);
    this.#refuse(part, key);
    return undefined;
  }

  #written(part: LinePart, value: string, format: Formatter): string | undefined {
    const text = formatText(value, format);
    if (text === undefined) this.#refuse(part, value);
    return text;
  }

  #refuse(part: LinePart, value: string | number | bigint | boolean): void {
    const isBrokenText = typeof value === 'string' && UNPAIRED_SURROGATE.test(value);
    const bytes = typeof value === 'string' ? toByteString(value) : (String(value) as ByteString);
    const reason = isBrokenText ? BROKEN_TEXT : whyUnwritable(part, typeof value === 'string' ? bytes : value);
    this.#report('unwritable', reason, bytes);
  }

  #report(code: 'unwritable' | 'too_long', reason: string, about: ByteString): void {
    const written = this.#bytes.subarray(0, this.#p);
    let line = 1;
    for (let at = written.indexOf(LF); at >= 0; at = written.indexOf(LF, at + 1)) line++;
    const column = this.#p - written.lastIndexOf(LF);
    this.#problems.push(new LineProtocolError(code, reason, line, column, visibleBytes(about)));
  }

  /** @param text one character per byte */
  #append(text: string): void {
    if (this.#tooLong || !this.#reserve(text)) return;
    this.#bytes.write(text, this.#p, 'latin1');
    this.#p += text.length;
  }

  #reserve(text: string): boolean {
    const needed = this.#p + text.length;
    if (needed > this.#maxBytes) {
      this.#tooLong = true;
      this.#report('too_long', `Line does not fit into the ${this.#maxBytes} bytes of the buffer`, text as ByteString);
      return false;
    }
    if (needed <= this.#bytes.length) return true;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2)));
    this.#bytes.copy(larger, 0, 0, this.#p);
    this.#bytes = larger;
    return true;
  }
}

type Formatter = (value: ByteString) => string | undefined;

/** JavaScript writes half a surrogate pair as U+FFFD, which is another text. */
const UNPAIRED_SURROGATE = /\p{Cs}/u;
const BROKEN_TEXT = 'Text holds half of a surrogate pair';

function formatText(value: string, format: Formatter): string | undefined {
  return UNPAIRED_SURROGATE.test(value) ? undefined : format(toByteString(value));
}
