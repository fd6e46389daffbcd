import type { ByteString } from '../line-protocol/byte-string.ts';
import * as current from './current-fields.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import { MAX_MESSAGE_BYTES, SEVERITIES } from './notification.ts';
import * as part from './parts.ts';
import { type GenuinePart, openEncrypted, openSigned } from './protected-parts.ts';
import type { Refusal } from './refusals.ts';
import type { ReplayWindow } from './replay-window.ts';
import type { Credentials } from './security.ts';

/** What a datagram must be at least to be believed. */
export const SECURITY_LEVELS = ['none', 'sign', 'encrypt'] as const;

/** A level, as in the configuration; each believes less than the one before. */
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

/** What is believed. Without any option: everything, signatures unverified, and nothing that is encrypted. */
export interface ReaderOptions {
  /** Default `none`. A level above needs credentials. */
  readonly securityLevel?: SecurityLevel;
  /** Without them signatures are not verified, and encrypted parts cannot be read. */
  readonly credentials?: Credentials | undefined;
  /** Is asked about what is signed or encrypted and genuine; default: it may come any number of times, as with collectd. */
  readonly replays?: ReplayWindow | undefined;
}

/** collectd has no limit; each level costs an HMAC over the rest of the datagram, and no sender nests at all. */
const MAX_NESTING = 4;
const { failure, warning, okay } = SEVERITIES;

/**
 * A cursor over datagrams of collectd's network protocol. It keeps where the current fields stand, and makes no object for a value. Verdicts on bad
 * input are those of collectd 5.12 (src/network.c, parse_packet); they never throw.
 *
 * Parts set fields that hold until the end of the datagram; `changed` says which were set since its reader cleared it.
 */
export class DatagramReader extends current.CurrentFields {
  readonly #level: SecurityLevel;
  readonly #credentials: Credentials | undefined;
  readonly #replays: ReplayWindow | undefined;

  /** Signatures that were believed because there are no credentials, of all datagrams. */
  unverified = 0;

  constructor(options: ReaderOptions = {}) {
    super();
    this.#level = options.securityLevel ?? 'none';
    this.#credentials = options.credentials;
    this.#replays = options.replays;
    if (this.#level !== 'none' && this.#credentials === undefined) {
      throw new Error(`Security level "${this.#level}" needs credentials`);
    }
  }

  /** Reads up to 65,535 bytes: no datagram has more. */
  read(datagram: Uint8Array, sink: DatagramSink): void {
    const length = this.copyIn(datagram);
    this.user = undefined;
    this.clear();
    this.#readParts(0, length, sink, 0, this.#level);
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
        if (this.#credentials !== undefined) return this.#readSigned(at, length, end, sink, depth, this.#credentials);
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
        this.changed |= current.CHANGED_TYPE_INSTANCE;
        return true;
      case part.PART_TYPE:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.typeAt = at + 4;
        this.typeEnd = this.#endOfText(at, length);
        this.changed |= current.CHANGED_TYPE;
        return true;
      case part.PART_PLUGIN_INSTANCE:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.pluginInstanceAt = at + 4;
        this.pluginInstanceEnd = this.#endOfText(at, length);
        this.changed |= current.CHANGED_PLUGIN_INSTANCE;
        return true;
      case part.PART_PLUGIN:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.pluginAt = at + 4;
        this.pluginEnd = this.#endOfText(at, length);
        this.changed |= current.CHANGED_PLUGIN;
        return true;
      case part.PART_HOST:
        if (!this.#isText(at, length, MAX_NAME_BYTES)) return this.#refuse('bad_string', at, sink);
        this.hostAt = at + 4;
        this.hostEnd = this.#endOfText(at, length);
        this.changed |= current.CHANGED_HOST;
        return true;
      case part.PART_INTERVAL_HR:
        if (length !== part.NUMBER_PART_BYTES) return this.#refuse('bad_number', at, sink);
        this.intervalHigh = this.view.getInt32(at + 4);
        this.intervalLow = this.view.getInt32(at + 8);
        this.changed |= current.CHANGED_INTERVAL;
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
        this.changed |= current.CHANGED_INTERVAL;
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
  #readSigned(at: number, length: number, end: number, sink: DatagramSink, depth: number, by: Credentials): void {
    const opened = openSigned(this.bytes, at, length, end, by);
    if (opened.refusal !== undefined) {
      this.#refuse(opened.refusal, at, sink, opened.user);
      return;
    }
    const refusal = this.#refusalOf(opened, end, depth);
    if (refusal !== undefined) this.#refuse(refusal, at, sink, opened.user);
    else this.#readInside(opened, end, sink, depth);
  }

  /** Gives false when the rest of the datagram is lost. */
  #readEncrypted(at: number, length: number, outerEnd: number, sink: DatagramSink, depth: number): boolean {
    if (this.#credentials === undefined) return this.#refuse('no_auth_file', at, sink);
    const opened = openEncrypted(this.bytes, at, length, this.#credentials);
    if (opened.refusal !== undefined) return this.#refuse(opened.refusal, at, sink, opened.user);
    const end = at + length;
    const refusal = this.#refusalOf(opened, end, depth);
    if (refusal === 'nested_too_deep') return this.#refuse(refusal, at, sink, opened.user);
    if (refusal !== undefined) this.#refuse(refusal, at, sink, opened.user);
    else if (end === outerEnd) this.#readInside(opened, end, sink, depth);
    else this.#readBetween(opened, end, sink, depth);
    return true;
  }

  /** Why a part that is genuine is not read all the same. */
  #refusalOf({ user, markAt, payloadAt }: GenuinePart, end: number, depth: number): Refusal | undefined {
    if (depth === MAX_NESTING) return 'nested_too_deep';
    return this.#replays?.check(user, this.bytes, markAt, payloadAt, end);
  }

  /** Fields do not cross the border of a protected part. */
  #readInside({ user, payloadAt }: GenuinePart, end: number, sink: DatagramSink, depth: number): void {
    this.clear();
    this.user = user;
    this.#readParts(payloadAt, end, sink, depth + 1, 'none');
  }

  /** The same where parts follow that go on from what was before: collectd itself sends no such datagrams. */
  #readBetween(opened: GenuinePart, end: number, sink: DatagramSink, depth: number): void {
    const outside = { ...this };
    this.#readInside(opened, end, sink, depth);
    const { unverified } = this;
    Object.assign(this, outside);
    this.unverified = unverified;
    this.changed = current.CHANGED_ALL;
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
