import type { ByteString } from '../line-protocol/byte-string.ts';
import type { Identifier } from './identifier.ts';

/** Bits of `changed`, `CHANGED_…`: which fields a part has set, with the same value or another. */
export const CHANGED_HOST = 1;
export const CHANGED_PLUGIN = 2;
export const CHANGED_PLUGIN_INSTANCE = 4;
export const CHANGED_TYPE = 8;
export const CHANGED_TYPE_INSTANCE = 16;
export const CHANGED_INTERVAL = 32;
export const CHANGED_ALL = 63;

/** The most that the length of a UDP datagram says. */
const MAX_DATAGRAM_BYTES = 65_535;
/** What most datagrams fit into: collectd sends 1,452 bytes unless it is told otherwise. */
const FIRST_BYTES = 2048;
/** Numbers are read before it is known that they are complete. */
const SLACK = 16;

/** Where the fields stand that the parts of a datagram have set. An `End` is behind the last byte; equal to `At`, the field is empty. */
export class CurrentFields {
  /** What all offsets point into: a copy of the datagram, where encrypted parts are decrypted in place. */
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES + SLACK);
  /** The same, for numbers: the cheapest way to read them. */
  view: DataView = viewOf(this.bytes);
  hostAt = 0;
  hostEnd = 0;
  pluginAt = 0;
  pluginEnd = 0;
  pluginInstanceAt = 0;
  pluginInstanceEnd = 0;
  typeAt = 0;
  typeEnd = 0;
  typeInstanceAt = 0;
  typeInstanceEnd = 0;
  /** cdtime in two halves; signed, as small integers are cheaper than doubles. */
  timeHigh = 0;
  timeLow = 0;
  /** cdtime; 0 where it is not known. */
  intervalHigh = 0;
  intervalLow = 0;
  /** Which fields were set since somebody set this to 0. */
  changed = CHANGED_ALL;

  /** Of a value list: the number of values, their kinds, a byte each, and the values, 8 bytes each. */
  count = 0;
  kindsAt = 0;
  valuesAt = 0;

  /** Of a notification. */
  severity = 0;
  messageAt = 0;
  messageEnd = 0;

  /** Who signed or encrypted the current part, verified; undefined for plain parts. */
  user: ByteString | undefined;
  /** Of a refused part: who claims to have made it. */
  claimedUser: ByteString | undefined;

  /** The current identifier. */
  identifier(): Identifier {
    return {
      host: this.text(this.hostAt, this.hostEnd),
      plugin: this.text(this.pluginAt, this.pluginEnd),
      pluginInstance: this.text(this.pluginInstanceAt, this.pluginInstanceEnd),
      type: this.text(this.typeAt, this.typeEnd),
      typeInstance: this.text(this.typeInstanceAt, this.typeInstanceEnd),
    };
  }

  /** The text of a field: a NUL inside ends it. */
  text(start: number, end: number): ByteString {
    const text = this.bytes.toString('latin1', start, end);
    const nul = text.indexOf('\0');
    return (nul < 0 ? text : text.slice(0, nul)) as ByteString;
  }

  /** cdtime. */
  get time(): bigint {
    return whole(this.timeHigh, this.timeLow);
  }

  /** cdtime; 0 where it is not known. */
  get interval(): bigint {
    return whole(this.intervalHigh, this.intervalLow);
  }

  /** Takes a copy of the datagram, of 65,535 bytes at most, and gives its length. */
  protected copyIn(datagram: Uint8Array): number {
    const length = Math.min(datagram.length, MAX_DATAGRAM_BYTES);
    if (length + SLACK > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(MAX_DATAGRAM_BYTES + SLACK);
      this.view = viewOf(this.bytes);
    }
    this.bytes.set(length === datagram.length ? datagram : datagram.subarray(0, length));
    return length;
  }

  /** Nothing is set, as at the beginning of a datagram and of a protected part. */
  protected clear(): void {
    this.hostAt = this.hostEnd = 0;
    this.pluginAt = this.pluginEnd = 0;
    this.pluginInstanceAt = this.pluginInstanceEnd = 0;
    this.typeAt = this.typeEnd = 0;
    this.typeInstanceAt = this.typeInstanceEnd = 0;
    this.timeHigh = this.timeLow = 0;
    this.intervalHigh = this.intervalLow = 0;
    this.severity = 0;
    this.changed = CHANGED_ALL;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function whole(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
