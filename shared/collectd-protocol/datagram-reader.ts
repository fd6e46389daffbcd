import type { ByteString } from '../line-protocol/byte-string.ts';
import type { Identifier } from './identifier.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import { IV_BYTES } from './key-stream.ts';
import { MAX_MESSAGE_BYTES, SEVERITIES } from './notification.ts';
import * as part from './parts.ts';
import type { Refusal } from './refusals.ts';
import type { ReplayWindow } from './replay-window.ts';
import { type Credentials, decrypt, isSigned, SIGNATURE_BYTES } from './security.ts';

/** What a datagram must be at least to be believed. */
export const SECURITY_LEVELS = ['none', 'sign', 'encrypt'] as const;

export type SecurityLevel = (typeof SECURITY_LEVELS)[number];

/** Is told what the reader stands on. What the reader shows is good during the call only. */
export interface DatagramSink {
  /** A value list that has a time, a host, a plugin, a type and at least one value. */
  valueList(reader: DatagramReader): void;
  /** A notification that has a time, a severity and a message. */
  notification(reader: DatagramReader): void;
  /** @param at where the refused part begins in the datagram; parts below the security level are reported once for each stretch */
  refused(refusal: Refusal, at: number, reader: DatagramReader): void;
}

export interface ReaderOptions {
  /** Default `none`. A level above needs credentials. */
  readonly securityLevel?: SecurityLevel;
  /** Without them signatures are not verified, and encrypted parts cannot be read. */
  readonly credentials?: Credentials | undefined;
  /** Is asked about what is signed or encrypted and genuine; default: it may come any number of times, as with collectd. */
  readonly replays?: ReplayWindow | undefined;
}

/** Bits of `changed`. */
export const CHANGED_HOST = 1;
export const CHANGED_PLUGIN = 2;
export const CHANGED_PLUGIN_INSTANCE = 4;
export const CHANGED_TYPE = 8;
export const CHANGED_TYPE_INSTANCE = 16;
export const CHANGED_INTERVAL = 32;
const CHANGED_ALL = 63;

/** The most that the length of a UDP datagram says. */
const MAX_DATAGRAM_BYTES = 65_535;
/** Numbers are read before it is known that they are complete. */
const SLACK = 16;
/** collectd has no limit; each level costs an HMAC over the rest of the datagram, and no sender nests at all. */
const MAX_NESTING = 4;
const { failure, warning, okay } = SEVERITIES;

/**
 * A cursor over datagrams of collectd's network protocol. It keeps where the current fields stand, and makes no object for a value. Verdicts on bad
 * input are those of collectd 5.12 (src/network.c, parse_packet); they never throw.
 *
 * Parts set fields that hold until the end of the datagram; `changed` says which were set since its reader cleared it.
 */
export class DatagramReader {
  readonly #level: SecurityLevel;
  readonly #credentials: Credentials | undefined;
  readonly #replays: ReplayWindow | undefined;

  /** What all offsets point into: a copy of the datagram, where encrypted parts are decrypted in place. Always the same memory. */
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(MAX_DATAGRAM_BYTES + SLACK);
  /** The same, for numbers: the cheapest way to read them. */
  readonly view: DataView = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
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
  /** The fields that were set since the last value list, or rather since this was set to 0. */
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
  /** Signatures that were believed because there are no credentials, of all datagrams. */
  unverified = 0;

  constructor(options: ReaderOptions = {}) {
    this.#level = options.securityLevel ?? 'none';
    this.#credentials = options.credentials;
    this.#replays = options.replays;
    if (this.#level !== 'none' && this.#credentials === undefined) {
      throw new Error(`Security level "${this.#level}" needs credentials`);
    }
  }

  /** Reads up to 65,535 bytes: no datagram has more. */
  read(datagram: Uint8Array, sink: DatagramSink): void {
    const length = Math.min(datagram.length, MAX_DATAGRAM_BYTES);
    this.bytes.set(length === datagram.length ? datagram : datagram.subarray(0, length));
    this.user = undefined;
    this.#clear();
    this.#readParts(0, length, sink, 0, this.#level);
  }

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

  /** @param wanted what parts at this level of nesting must still be */
  #readParts(start: number, end: number, sink: DatagramSink, depth: number, wanted: SecurityLevel): void {
    let at = start;
    let hasSkipped = false;
    while (end - at > part.PART_HEADER_BYTES) {
      const header = this.view.getInt32(at);
      const type = header >>> 16;
      const length = header & 0xffff;
      if (length < part.PART_HEADER_BYTES || length > end - at) break;
      if (type === part.PART_ENCRYPTION) {
        if (!this.#readEncrypted(at, length, end, sink, depth)) return;
      } else if (wanted === 'encrypt') {
        if (!hasSkipped) this.#refuse('not_encrypted', at, sink);
        hasSkipped = true;
      } else if (type === part.PART_SIGNATURE) {
        if (this.#credentials !== undefined) {
          this.#readSigned(at, length, end, sink, depth);
          return;
        }
        this.unverified++;
      } else if (wanted === 'sign') {
        if (!hasSkipped) this.#refuse('not_signed', at, sink);
        hasSkipped = true;
      } else if (!this.#readPart(type, at, length, end, sink)) {
        return;
      }
      at += length;
    }
    if (at < end) this.#refuse('truncated', at, sink);
  }

  /** Gives false when the rest of the datagram is lost. */
  #readPart(type: number, at: number, length: number, end: number, sink: DatagramSink): boolean {
    switch (type) {
      case part.PART_VALUES:
        return this.#readValues(at, length, end, sink);
      case part.PART_TIME_HR:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        this.timeHigh = this.view.getInt32(at + 4);
        this.timeLow = this.view.getInt32(at + 8);
        return true;
      case part.PART_TYPE_INSTANCE:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.typeInstanceAt = at + 4;
        this.typeInstanceEnd = this.#endOfText(at, length);
        this.changed |= CHANGED_TYPE_INSTANCE;
        return true;
      case part.PART_TYPE:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.typeAt = at + 4;
        this.typeEnd = this.#endOfText(at, length);
        this.changed |= CHANGED_TYPE;
        return true;
      case part.PART_PLUGIN_INSTANCE:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.pluginInstanceAt = at + 4;
        this.pluginInstanceEnd = this.#endOfText(at, length);
        this.changed |= CHANGED_PLUGIN_INSTANCE;
        return true;
      case part.PART_PLUGIN:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.pluginAt = at + 4;
        this.pluginEnd = this.#endOfText(at, length);
        this.changed |= CHANGED_PLUGIN;
        return true;
      case part.PART_HOST:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.hostAt = at + 4;
        this.hostEnd = this.#endOfText(at, length);
        this.changed |= CHANGED_HOST;
        return true;
      case part.PART_INTERVAL_HR:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        this.intervalHigh = this.view.getInt32(at + 4);
        this.intervalLow = this.view.getInt32(at + 8);
        this.changed |= CHANGED_INTERVAL;
        return true;
      default:
        return this.#readRarePart(type, at, length, sink);
    }
  }

  #readRarePart(type: number, at: number, length: number, sink: DatagramSink): boolean {
    switch (type) {
      case part.PART_TIME:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        this.timeHigh = (this.view.getInt32(at + 4) << 30) | (this.view.getInt32(at + 8) >>> 2);
        this.timeLow = this.view.getInt32(at + 8) << 30;
        return true;
      case part.PART_INTERVAL:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        this.intervalHigh = (this.view.getInt32(at + 4) << 30) | (this.view.getInt32(at + 8) >>> 2);
        this.intervalLow = this.view.getInt32(at + 8) << 30;
        this.changed |= CHANGED_INTERVAL;
        return true;
      case part.PART_SEVERITY:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        // cut to 32 bits before it is tested, as collectd does
        this.severity = this.view.getInt32(at + 8);
        return true;
      case part.PART_MESSAGE:
        if (!this.#isText(at, length, MAX_MESSAGE_BYTES)) return this.#refuse('bad_string', at, sink);
        this.messageAt = at + 4;
        this.messageEnd = this.#endOfText(at, length);
        this.#showNotification(at, sink);
        return true;
      default:
        // parts of later versions are skipped
        return true;
    }
  }

  #readValues(at: number, length: number, end: number, sink: DatagramSink): boolean {
    if (length < part.VALUES_HEADER_BYTES) return this.#refuse('bad_values', at, sink);
    const count = this.view.getUint16(at + part.PART_HEADER_BYTES);
    if (length !== part.VALUES_HEADER_BYTES + count * part.VALUE_BYTES) return this.#refuse('bad_values', at, sink);
    // without values collectd goes on only where it has seen 15 bytes
    if (count === 0)
      return this.#refuse('no_values', at, sink) || end - at >= part.VALUES_HEADER_BYTES + part.VALUE_BYTES;
    const kindsAt = at + part.VALUES_HEADER_BYTES;
    const valuesAt = kindsAt + count;
    for (let i = kindsAt; i < valuesAt; i++) {
      if ((this.bytes[i] as number) > part.KIND_ABSOLUTE) return this.#refuse('bad_kind', at, sink);
    }
    this.count = count;
    this.kindsAt = kindsAt;
    this.valuesAt = valuesAt;
    if (
      (this.timeHigh | this.timeLow) !== 0 &&
      this.hostEnd !== this.hostAt &&
      this.pluginEnd !== this.pluginAt &&
      this.typeEnd !== this.typeAt
    ) {
      sink.valueList(this);
    } else {
      this.#refuse(this.#missingField(), at, sink);
    }
    return true;
  }

  #missingField(): Refusal {
    if ((this.timeHigh | this.timeLow) === 0) return 'no_time';
    if (this.hostEnd === this.hostAt) return 'no_host';
    return this.pluginEnd === this.pluginAt ? 'no_plugin' : 'no_type';
  }

  #showNotification(at: number, sink: DatagramSink): void {
    const { severity } = this;
    if (severity !== failure && severity !== warning && severity !== okay) {
      this.#refuse('notification_without_severity', at, sink);
    } else if ((this.timeHigh | this.timeLow) === 0) {
      this.#refuse('notification_without_time', at, sink);
    } else if (this.messageEnd === this.messageAt) {
      this.#refuse('notification_without_message', at, sink);
    } else {
      sink.notification(this);
    }
  }

  /** A signature is good for all that follows it; nothing of the datagram is left behind it. */
  #readSigned(at: number, length: number, end: number, sink: DatagramSink, depth: number): void {
    const userAt = at + part.PART_HEADER_BYTES + SIGNATURE_BYTES;
    const rest = at + length;
    if (rest <= userAt) {
      this.#refuse('bad_protected_part', at, sink);
      return;
    }
    const user = this.#user(userAt, rest);
    const password = this.#credentials?.passwordOf(user);
    if (password === undefined) {
      this.#refuse('unknown_user', at, sink, user);
      return;
    }
    const claimed = this.bytes.subarray(at + part.PART_HEADER_BYTES, userAt);
    if (!isSigned(password, user, claimed, this.bytes.subarray(rest, end))) {
      this.#refuse('wrong_signature', at, sink, user);
    } else if (depth === MAX_NESTING) {
      this.#refuse('nested_too_deep', at, sink, user);
    } else {
      const replay = this.#replays?.check(user, this.bytes, at + part.PART_HEADER_BYTES, rest, end);
      if (replay !== undefined) this.#refuse(replay, at, sink, user);
      else this.#readInside(rest, end, user, sink, depth);
    }
  }

  /** Gives false when the rest of the datagram is lost. */
  #readEncrypted(at: number, length: number, outerEnd: number, sink: DatagramSink, depth: number): boolean {
    if (this.#credentials === undefined) return this.#refuse('no_auth_file', at, sink);
    const userAt = at + part.PART_HEADER_BYTES + 2;
    const end = at + length;
    const ivAt = length < 6 ? end : userAt + this.view.getUint16(userAt - 2);
    if (ivAt === userAt || ivAt + IV_BYTES >= end) return this.#refuse('bad_protected_part', at, sink);
    const user = this.#user(userAt, ivAt);
    const password = this.#credentials.passwordOf(user);
    if (password === undefined) return this.#refuse('unknown_user', at, sink, user);
    const payload = decrypt(
      password,
      this.bytes.subarray(ivAt, ivAt + IV_BYTES),
      this.bytes.subarray(ivAt + IV_BYTES, end),
    );
    if (payload === undefined) return this.#refuse('wrong_checksum', at, sink, user);
    if (depth === MAX_NESTING) return this.#refuse('nested_too_deep', at, sink, user);
    const payloadAt = end - payload.length;
    this.bytes.set(payload, payloadAt);
    const replay = this.#replays?.check(user, this.bytes, ivAt, payloadAt, end);
    if (replay !== undefined) this.#refuse(replay, at, sink, user);
    else if (end === outerEnd) this.#readInside(payloadAt, end, user, sink, depth);
    else this.#readBetween(payloadAt, end, user, sink, depth);
    return true;
  }

  /** Fields do not cross the border of a protected part. */
  #readInside(start: number, end: number, user: ByteString, sink: DatagramSink, depth: number): void {
    this.#clear();
    this.user = user;
    this.#readParts(start, end, sink, depth + 1, 'none');
  }

  /** The same where parts follow that go on from what was before: collectd itself sends no such datagrams. */
  #readBetween(start: number, end: number, user: ByteString, sink: DatagramSink, depth: number): void {
    const outside = { ...this };
    this.#readInside(start, end, user, sink, depth);
    const { unverified } = this;
    Object.assign(this, outside);
    this.unverified = unverified;
    this.changed = CHANGED_ALL;
  }

  #user(start: number, end: number): ByteString {
    return this.bytes.toString('latin1', start, end) as ByteString;
  }

  #clear(): void {
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

  /** Always false, so that it can be returned where the rest of the datagram is lost. */
  #refuse(refusal: Refusal, at: number, sink: DatagramSink, claimedUser?: ByteString): false {
    this.claimedUser = claimedUser;
    sink.refused(refusal, at, this);
    return false;
  }

  /** Whether the part ends in a NUL and the text in it is not too long. */
  #isText(at: number, length: number, maxBytes: number): boolean {
    return (
      length > part.PART_HEADER_BYTES &&
      length <= part.PART_HEADER_BYTES + maxBytes + 1 &&
      this.bytes[at + length - 1] === 0
    );
  }

  /** Behind the text, less the NUL at the end of the part; one inside is left to `text`, save that a text that begins with it is empty. */
  #endOfText(at: number, length: number): number {
    return this.bytes[at + part.PART_HEADER_BYTES] === 0 ? at + part.PART_HEADER_BYTES : at + length - 1;
  }
}

function whole(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
