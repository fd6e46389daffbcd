/**
 * PUTVAL lines, written so that collectd 5.12 reads the same value list: one list a line, all its values, integers in decimal digits, gauges as the shortest text of
 * the double, `U` for what a gauge has no digits for.
 *
 * Sources: src/utils/cmds/putval.c, src/unixsock.c and src/exec.c; observed with collectd 5.12.
 */
import { intervalText, timeText } from './cdtime-text.ts';
import { quoteField } from './field-text.ts';
import type { MetaData } from './notification.ts';
import { PutvalName, PutvalNames } from './putval-name.ts';
import type { Value, ValueList } from './value-list.ts';
import { type WriteProblem, type WriteProblemReason, writeProblem } from './write-problem.ts';

/** Longest line with its newline: unixsock reads into 1024 bytes, one of them for the NUL (src/unixsock.c, us_handle_client). */
export const MAX_TEXT_LINE_BYTES = 1023;

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const FIRST_SIZE = 64 * 1024;
/** A line under way: five parts of 127 bytes, each escaped, interval and time may be there before the length is looked at. */
const ROOM = 2048;
const LF = 0x0a;
const COLON = 0x3a;
const META_NAME = /^[0-9A-Za-z_:]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that end a line or a text are what is looked for
const LINE_END = /[\x00\n]/;

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** How much may wait to be taken; a list that finds no room is refused with `buffer_full`. */
export interface PutvalWriterOptions {
  /** Most bytes of lines that wait to be taken. Default 16 MiB. */
  readonly maxBytes?: number;
}

/** Times and values of a list whose identifier is known by its {@link PutvalName}. */
type NamedValues = Pick<ValueList, 'time' | 'interval' | 'values'>;

/** Writes lines into memory, where they wait until they are taken. */
export class PutvalWriter {
  readonly #names = new PutvalNames();
  readonly #maxBytes: number;
  #bytes: Buffer;
  /** Behind the last complete line, and behind what the line under way has so far. */
  #end = 0;
  #p = 0;
  /** Lists of one reading have one time and mostly one interval. */
  #time = 0n;
  #timeText = '';
  #interval = 0n;
  #intervalText = '';

  constructor({ maxBytes = DEFAULT_MAX_BYTES }: PutvalWriterOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  }

  /** Bytes of lines that wait. */
  get size(): number {
    return this.#end;
  }

  /** The lines since the last call. The bytes are the caller's from now on. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(FIRST_SIZE, 2 ** Math.ceil(Math.log2(this.#end + ROOM))));
    this.#end = 0;
    return taken;
  }

  /** Writes a line for the list, or nothing and says why. An interval of 0 is left to collectd, which takes its own. */
  write(list: ValueList, meta?: readonly MetaData[]): WriteProblem | undefined {
    const name = this.#names.get(list);
    return name instanceof PutvalName ? this.writeNamed(name, list, meta) : name;
  }

  /** The same for who keeps the name; saves finding it. */
  writeNamed(name: PutvalName, values: NamedValues, meta?: readonly MetaData[]): WriteProblem | undefined {
    if (this.#end + MAX_TEXT_LINE_BYTES > this.#maxBytes)
      return writeProblem('buffer_full', 'Value list', name.identifier);
    this.#reserve();
    this.#p = this.#end;
    const reason = this.#line(name, values, meta);
    if (reason !== undefined) return writeProblem(reason, 'Value list', name.identifier);
    this.#bytes[this.#p++] = LF;
    this.#end = this.#p;
    return undefined;
  }

  #line(
    name: PutvalName,
    { time, interval, values }: NamedValues,
    meta?: readonly MetaData[],
  ): WriteProblemReason | undefined {
    this.#bytes.set(name.bytes, this.#p);
    this.#p += name.bytes.length;
    if (interval !== 0n && !this.#writeInterval(interval)) return 'bad_time';
    const problem = meta === undefined || meta.length === 0 ? undefined : this.#writeMeta(meta);
    if (problem !== undefined) return problem;
    if (!this.#writeTime(time)) return 'bad_time';
    if (values.length === 0) return 'no_values';
    for (let i = 0; i < values.length; i++) {
      const text = valueText(values[i] as Value);
      if (text === undefined) return 'bad_value';
      if (!this.#hasRoom(text.length + 1)) return 'long_line';
      this.#bytes[this.#p++] = COLON;
      this.#append(text);
    }
    return undefined;
  }

  #writeInterval(interval: bigint): boolean {
    if (interval !== this.#interval) {
      const text = intervalText(interval);
      if (text === undefined) return false;
      this.#interval = interval;
      this.#intervalText = `interval=${text} `;
    }
    this.#append(this.#intervalText);
    return true;
  }

  #writeTime(time: bigint): boolean {
    if (time !== this.#time) {
      const text = timeText(time);
      if (text === undefined) return false;
      this.#time = time;
      this.#timeText = text;
    }
    this.#append(this.#timeText);
    return this.#timeText !== '';
  }

  #writeMeta(meta: readonly MetaData[]): WriteProblemReason | undefined {
    for (const { name, value } of meta) {
      if (!META_NAME.test(name)) return 'bad_meta';
      if (LINE_END.test(value)) return value.includes('\0') ? 'nul_byte' : 'newline';
      // the inner quotes say that it is a string
      const text = `meta:${name}=${quoteField(`"${value}"` as typeof value)} `;
      if (!this.#hasRoom(text.length)) return 'long_line';
      this.#append(text);
    }
    return undefined;
  }

  /** Whether so many bytes and the newline still fit into the line. */
  #hasRoom(bytes: number): boolean {
    return this.#p - this.#end + bytes < MAX_TEXT_LINE_BYTES;
  }

  /** Short texts are written faster byte by byte than by a call into Node. */
  #append(text: string): void {
    const bytes = this.#bytes;
    let p = this.#p;
    for (let i = 0; i < text.length; i++) bytes[p++] = text.charCodeAt(i);
    this.#p = p;
  }

  #reserve(): void {
    if (this.#end + ROOM <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 2);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** A value as text; undefined for an integer out of range. */
function valueText(value: Value): string | undefined {
  if (value.kind === 'gauge') return gaugeText(value.value);
  const integer = value.value;
  const isInRange =
    value.kind === 'derive' ? integer >= MIN_INT64 && integer <= MAX_INT64 : integer >= 0n && integer <= MAX_UINT64;
  return isInRange ? String(integer) : undefined;
}

function gaugeText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return Number.isFinite(value) ? String(value) : 'U';
}
