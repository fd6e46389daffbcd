import type { ByteString } from '../line-protocol/byte-string.ts';
import { hasLongPart, MAX_NAME_BYTES } from './identifier.ts';
import { MAX_MESSAGE_BYTES, type Notification, SEVERITIES } from './notification.ts';
import { DEFAULT_PACKET_BYTES, maxPayloadBytes } from './packet-size.ts';
import { PartWriter, stringPartBytes, valuesPartBytes } from './part-writer.ts';
import {
  NUMBER_PART_BYTES,
  PART_HOST,
  PART_INTERVAL_HR,
  PART_MESSAGE,
  PART_PLUGIN,
  PART_PLUGIN_INSTANCE,
  PART_SEVERITY,
  PART_TIME_HR,
  PART_TYPE,
  PART_TYPE_INSTANCE,
} from './parts.ts';
import { createSeal, type Seal, type Security } from './seal.ts';
import type { ValueList } from './value-list.ts';
import { type WriteProblem, type WriteProblemReason, writeProblem } from './write-problem.ts';

/** How long and how protected datagrams are, and who gets them. */
export interface DatagramWriterOptions {
  /** Gets every datagram when it is complete; the bytes are the receiver's. */
  readonly onDatagram: (datagram: Buffer) => void;
  /** Longest datagram, 1024 to 65535 bytes; collectd's MaxPacketSize. Default 1452. */
  readonly packetBytes?: number;
  /** Default: level `none`. */
  readonly security?: Security;
}

const EMPTY = '' as ByteString;
const MAX_CDTIME = 2n ** 64n - 1n;

/** What a datagram says before its first part. */
const NOTHING: Said = {
  host: EMPTY,
  plugin: EMPTY,
  pluginInstance: EMPTY,
  type: EMPTY,
  typeInstance: EMPTY,
  time: 0n,
  interval: 0n,
};

type Said = Omit<ValueList, 'values'>;

/** Bits: the fields in which a list differs from what was said before it. */
const HOST = 1;
const TIME = 2;
const INTERVAL = 4;
const PLUGIN = 8;
const PLUGIN_INSTANCE = 16;
const TYPE = 32;
const TYPE_INSTANCE = 64;

/**
 * Packs value lists into datagrams byte for byte as collectd's sender does: what the list before said is not said again, and a datagram is complete when the
 * next list does not fit. Notifications go out at once, each in a datagram of its own.
 */
export class DatagramWriter {
  readonly #onDatagram: (datagram: Buffer) => void;
  readonly #seal: Seal;
  readonly #maxPayload: number;
  readonly #parts: PartWriter;
  readonly #notification: PartWriter;
  /** The last list in the datagram under way. */
  #said: Said = NOTHING;

  /** @throws {RangeError} for a packet size, user or password that collectd does not allow */
  constructor({ onDatagram, packetBytes = DEFAULT_PACKET_BYTES, security = { level: 'none' } }: DatagramWriterOptions) {
    this.#onDatagram = onDatagram;
    this.#seal = createSeal(security);
    this.#maxPayload = maxPayloadBytes(packetBytes);
    this.#parts = new PartWriter(this.#maxPayload);
    this.#notification = new PartWriter(MAX_NOTIFICATION_BYTES);
  }

  /** Bytes of values that wait for the datagram to become full. */
  get pendingBytes(): number {
    return this.#parts.end;
  }

  /** Says why when the list cannot be written. The list must not change afterwards. */
  write(list: ValueList): WriteProblem | undefined {
    const reason = listProblem(list) ?? this.#append(list);
    return reason && writeProblem(reason, 'Value list', list);
  }

  /** Sends the notification. Says why when it cannot be written. Its meta data stays behind, as the format has no place for it. */
  writeNotification(notification: Notification): WriteProblem | undefined {
    const parts = this.#notification;
    parts.end = 0;
    const reason = notificationProblem(notification) ?? appendNotification(parts, notification);
    if (reason !== undefined) return writeProblem(reason, 'Notification', notification);
    this.#onDatagram(this.#seal(parts.bytes.subarray(0, parts.end)));
    return undefined;
  }

  /** Sends what waits. */
  flush(): void {
    const { bytes, end } = this.#parts;
    if (end === 0) return;
    this.#parts.end = 0;
    this.#said = NOTHING;
    this.#onDatagram(this.#seal(bytes.subarray(0, end)));
  }

  #append(list: ValueList): WriteProblemReason | undefined {
    let changes = changesBehind(this.#said, list);
    if (this.#parts.end + sizeOf(changes, list) > this.#maxPayload) {
      changes = changesBehind(NOTHING, list);
      if (sizeOf(changes, list) > this.#maxPayload) return 'too_large';
      this.flush();
    }
    const start = this.#parts.end;
    const reason = appendList(this.#parts, changes, list);
    if (reason === undefined) this.#said = list;
    else this.#parts.end = start;
    return reason;
  }
}

function listProblem(list: ValueList): WriteProblemReason | undefined {
  if (list.host.length === 0 || list.plugin.length === 0 || list.type.length === 0) return 'empty_part';
  if (hasLongPart(list)) return 'long_part';
  if (list.values.length === 0) return 'no_values';
  if (list.time <= 0n || list.time > MAX_CDTIME) return 'bad_time';
  if (list.interval < 0n || list.interval > MAX_CDTIME) return 'bad_time';
  return undefined;
}

function changesBehind(said: Said, list: ValueList): number {
  return (
    (list.host === said.host ? 0 : HOST) |
    (list.time === said.time ? 0 : TIME) |
    (list.interval === said.interval ? 0 : INTERVAL) |
    (list.plugin === said.plugin ? 0 : PLUGIN) |
    (list.pluginInstance === said.pluginInstance ? 0 : PLUGIN_INSTANCE) |
    (list.type === said.type ? 0 : TYPE) |
    (list.typeInstance === said.typeInstance ? 0 : TYPE_INSTANCE)
  );
}

/** Bytes that the list adds to a datagram. */
function sizeOf(changes: number, list: ValueList): number {
  let size = valuesPartBytes(list.values.length);
  if (changes & HOST) size += stringPartBytes(list.host);
  if (changes & TIME) size += NUMBER_PART_BYTES;
  if (changes & INTERVAL) size += NUMBER_PART_BYTES;
  if (changes & PLUGIN) size += stringPartBytes(list.plugin);
  if (changes & PLUGIN_INSTANCE) size += stringPartBytes(list.pluginInstance);
  if (changes & TYPE) size += stringPartBytes(list.type);
  if (changes & TYPE_INSTANCE) size += stringPartBytes(list.typeInstance);
  return size;
}

/** Parts in the order of src/network.c, add_to_buffer. An instance that became empty is said too, or the old one would stand. */
function appendList(parts: PartWriter, changes: number, list: ValueList): WriteProblemReason | undefined {
  if (changes & HOST && !parts.string(PART_HOST, list.host)) return 'nul_byte';
  if (changes & TIME) parts.number(PART_TIME_HR, list.time);
  if (changes & INTERVAL) parts.number(PART_INTERVAL_HR, list.interval);
  if (changes & PLUGIN && !parts.string(PART_PLUGIN, list.plugin)) return 'nul_byte';
  if (changes & PLUGIN_INSTANCE && !parts.string(PART_PLUGIN_INSTANCE, list.pluginInstance)) return 'nul_byte';
  if (changes & TYPE && !parts.string(PART_TYPE, list.type)) return 'nul_byte';
  if (changes & TYPE_INSTANCE && !parts.string(PART_TYPE_INSTANCE, list.typeInstance)) return 'nul_byte';
  return parts.values(list.values) ? undefined : 'bad_value';
}

/** Two numbers, five names and the message, each as long as it may be: less than the smallest packet. */
const MAX_NOTIFICATION_BYTES = 2 * NUMBER_PART_BYTES + 5 * (MAX_NAME_BYTES + 5) + MAX_MESSAGE_BYTES + 5;

function notificationProblem(notification: Notification): WriteProblemReason | undefined {
  if (hasLongPart(notification)) return 'long_part';
  if (notification.message === '') return 'empty_message';
  if (notification.message.length > MAX_MESSAGE_BYTES) return 'long_message';
  if (notification.time <= 0n || notification.time > MAX_CDTIME) return 'bad_time';
  return undefined;
}

/** Parts in the order of src/network.c, network_notification. */
function appendNotification(parts: PartWriter, notification: Notification): WriteProblemReason | undefined {
  const { host, plugin, pluginInstance, type, typeInstance, message } = notification;
  parts.number(PART_TIME_HR, notification.time);
  parts.number(PART_SEVERITY, BigInt(SEVERITIES[notification.severity]));
  const isWritten =
    (host === '' || parts.string(PART_HOST, host)) &&
    (plugin === '' || parts.string(PART_PLUGIN, plugin)) &&
    (pluginInstance === '' || parts.string(PART_PLUGIN_INSTANCE, pluginInstance)) &&
    (type === '' || parts.string(PART_TYPE, type)) &&
    (typeInstance === '' || parts.string(PART_TYPE_INSTANCE, typeInstance)) &&
    parts.string(PART_MESSAGE, message);
  return isWritten ? undefined : 'nul_byte';
}
