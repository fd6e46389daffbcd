import * as current from '../collectd-protocol/current-fields.ts';
import type { DatagramReader } from '../collectd-protocol/datagram-reader.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { type EscapedPart, type EscapedParts, escapedPrefix } from './escaped-parts.ts';
import { writeText } from './float-text.ts';
import { intervalText } from './interval-text.ts';
import type { LineMemory } from './line-memory.ts';
import { type ReadyText, readyText, writeReady } from './ready-text.ts';
import type { LineType } from './type-table.ts';

/** Most bytes of a head besides its prefix: five parts of 127 bytes, all of them escaped, the keys and an interval. */
const MAX_HEAD_BYTES = 2048;
const HASH = 0x23;

/** Bytes that cannot be copied as they are: control bytes, the separators, the backslash, and what is not ASCII. */
const SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) => {
  return byte <= 0x20 || byte >= 0x7f || byte === 0x2c || byte === 0x3d || byte === 0x5c ? 1 : 0;
});

/** What is written anew when a part changes: also the parts behind it, which then stand elsewhere. */
const REWRITE_HOST = current.CHANGED_HOST | current.CHANGED_PLUGIN;
const REWRITE_PLUGIN_INSTANCE = REWRITE_HOST | current.CHANGED_PLUGIN_INSTANCE;
const REWRITE_TYPE = REWRITE_PLUGIN_INSTANCE | current.CHANGED_TYPE;
const REWRITE_TYPE_INSTANCE = REWRITE_TYPE | current.CHANGED_TYPE_INSTANCE;

interface ValueListHeadOptions {
  /** In front of the plugin in the measurement. */
  readonly prefix: ByteString;
  /** The key of the tag that holds the plugin instance. */
  readonly pluginInstanceKey: string;
  readonly hasIntervalTag: boolean;
  readonly parts: EscapedParts;
}

/**
 * The head of the current line, up to the blank before its fields, at the beginning of the memory that it is given. Parts stay there, escaped, until
 * the datagram changes them.
 */
export class ValueListHead {
  readonly #prefix: ReadyText;
  readonly #hostKey = readyText(Buffer.from(',host='));
  readonly #pluginInstanceKey: ReadyText;
  readonly #typeInstanceKey = readyText(Buffer.from(',type_instance='));
  readonly #hasIntervalTag: boolean;
  readonly #parts: EscapedParts;
  /** Where the tags end. */
  #hostEnd = 0;
  #pluginInstanceEnd = 0;
  #typeEnd = 0;
  #typeInstanceEnd = 0;

  /** 0 when nothing of the plugin's name can be written. */
  measurementEnd = 0;
  end = 0;
  /** Parts that lost bytes, since it was set to 0. */
  cleaned = 0;

  /** @throws {RangeError} for a prefix that cannot begin a measurement */
  constructor({ prefix, pluginInstanceKey, hasIntervalTag, parts }: ValueListHeadOptions) {
    this.#prefix = readyText(Buffer.from(escapedPrefix(prefix), 'latin1'));
    this.#pluginInstanceKey = readyText(Buffer.from(`,${pluginInstanceKey}=`));
    this.#hasIntervalTag = hasIntervalTag;
    this.#parts = parts;
  }

  /** Bytes that must be free at the beginning of the memory. */
  get room(): number {
    return this.#prefix.length + MAX_HEAD_BYTES;
  }

  /** Writes the parts that changed since the reader's `changed` was 0, and those behind them. */
  update(reader: DatagramReader, memory: LineMemory, type: LineType): void {
    const { changed } = reader;
    if (changed & REWRITE_HOST) {
      this.measurementEnd = this.#writeMeasurement(reader, memory);
      this.#hostEnd = this.#writeTag(reader, memory, this.measurementEnd, this.#hostKey, reader.hostAt, reader.hostEnd);
    }
    if (changed & REWRITE_PLUGIN_INSTANCE) {
      const { pluginInstanceAt: start, pluginInstanceEnd: end } = reader;
      this.#pluginInstanceEnd = this.#writeTag(reader, memory, this.#hostEnd, this.#pluginInstanceKey, start, end);
    }
    if (changed & REWRITE_TYPE) {
      this.#typeEnd = writeReady(memory.view, this.#pluginInstanceEnd, type.tag);
      if (type.isCleaned) this.cleaned++;
    }
    if (changed & REWRITE_TYPE_INSTANCE) {
      const { typeInstanceAt: start, typeInstanceEnd: end } = reader;
      this.#typeInstanceEnd = this.#writeTag(reader, memory, this.#typeEnd, this.#typeInstanceKey, start, end);
    }
    this.end = this.#hasIntervalTag ? this.#writeInterval(reader, memory) : this.#typeInstanceEnd;
  }

  #writeMeasurement(reader: DatagramReader, { bytes: out, view }: LineMemory): number {
    const { bytes, pluginAt, pluginEnd } = reader;
    const p = writeReady(view, 0, this.#prefix);
    // without a prefix the line would be a comment
    const isComment = p === 0 && bytes[pluginAt] === HASH;
    const end = isComment ? 0 : copyPlain(out, p, bytes, pluginAt, pluginEnd);
    return end === 0 ? this.#copyEscaped(out, 0, this.#parts.measurement(reader.text(pluginAt, pluginEnd))) : end;
  }

  #writeTag(
    reader: DatagramReader,
    { bytes: out, view }: LineMemory,
    p: number,
    key: ReadyText,
    start: number,
    end: number,
  ): number {
    if (start === end) return p;
    const valueAt = writeReady(view, p, key);
    const valueEnd = copyPlain(out, valueAt, reader.bytes, start, end);
    if (valueEnd !== 0) return valueEnd;
    const escapedEnd = this.#copyEscaped(out, valueAt, this.#parts.tagValue(reader.text(start, end)));
    return escapedEnd === valueAt ? p : escapedEnd;
  }

  #copyEscaped(out: Buffer, p: number, { bytes, isCleaned }: EscapedPart): number {
    if (isCleaned) this.cleaned++;
    for (let i = 0; i < bytes.length; i++) out[p + i] = bytes[i] as number;
    return p + bytes.length;
  }

  #writeInterval({ intervalHigh, intervalLow }: DatagramReader, { view }: LineMemory): number {
    const text = intervalText(intervalHigh, intervalLow);
    return text === '' ? this.#typeInstanceEnd : writeText(view, this.#typeInstanceEnd, `,interval=${text}`);
  }
}

/** Gives the place behind the copy, or 0 where a byte is special: what was copied is then worth nothing. */
function copyPlain(out: Buffer, p: number, bytes: Buffer, start: number, end: number): number {
  let special = 0;
  let at = p;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    special |= SPECIAL[byte] as number;
    out[at++] = byte;
  }
  return special === 0 ? at : 0;
}
