import type { ByteString } from '../line-protocol/byte-string.ts';
import { DatagramReader, type DatagramSink, type ReaderOptions } from './datagram-reader.ts';
import { type Notification, SEVERITIES, type Severity } from './notification.ts';
import { KIND_DERIVE, KIND_GAUGE } from './parts.ts';
import { type Refusal, refusalText } from './refusals.ts';
import { DATA_SOURCE_KINDS, type Value, type ValueList } from './value-list.ts';

/** Who signed or encrypted it, verified; undefined for what came plainly. */
interface Sent {
  readonly user: ByteString | undefined;
}

/** Something in a datagram that was refused. */
export interface DecodeProblem {
  readonly refusal: Refusal;
  /** For an operator. */
  readonly message: string;
  /** Offset of the refused part in the datagram. */
  readonly at: number;
}

/** Everything that one datagram says, in its order, and what of it was refused. */
export interface DecodedDatagram {
  readonly valueLists: readonly (ValueList & Sent)[];
  readonly notifications: readonly (Notification & Sent)[];
  readonly problems: readonly DecodeProblem[];
}

/**
 * All that a datagram holds, as objects. Throws nothing for bad data. Unlike collectd it needs no types.db: values are of the kind that stands in
 * the datagram, slashes in names stay, an absent interval is 0.
 */
export function decodeDatagram(datagram: Uint8Array, options?: ReaderOptions): DecodedDatagram {
  const collected = new Collected();
  new DatagramReader(options).read(datagram, collected);
  return collected;
}

/** The value list that the reader stands on. */
export function readValueList(reader: DatagramReader): ValueList & Sent {
  const values: Value[] = [];
  for (let i = 0; i < reader.count; i++) values.push(readValue(reader, i));
  return { ...reader.identifier(), time: reader.time, interval: reader.interval, values, user: reader.user };
}

/** The notification that the reader stands on. */
export function readNotification(reader: DatagramReader): Notification & Sent {
  const message = reader.text(reader.messageAt, reader.messageEnd);
  const severity = SEVERITY_NAMES[reader.severity] as Severity;
  return { ...reader.identifier(), severity, time: reader.time, message, meta: [], user: reader.user };
}

class Collected implements DatagramSink {
  readonly valueLists: (ValueList & Sent)[] = [];
  readonly notifications: (Notification & Sent)[] = [];
  readonly problems: DecodeProblem[] = [];

  valueList(reader: DatagramReader): void {
    this.valueLists.push(readValueList(reader));
  }

  notification(reader: DatagramReader): void {
    this.notifications.push(readNotification(reader));
  }

  refused(refusal: Refusal, at: number, reader: DatagramReader): void {
    this.problems.push({ refusal, message: refusalText(refusal, reader.claimedUser), at });
  }
}

const SEVERITY_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(SEVERITIES).map(([name, number]) => [number, name]),
);

function readValue({ bytes, kindsAt, valuesAt }: DatagramReader, index: number): Value {
  const number = bytes[kindsAt + index] as number;
  const at = valuesAt + index * 8;
  if (number === KIND_GAUGE) return { kind: 'gauge', value: bytes.readDoubleLE(at) };
  const kind = DATA_SOURCE_KINDS[number] as Exclude<Value['kind'], 'gauge'>;
  return { kind, value: number === KIND_DERIVE ? bytes.readBigInt64BE(at) : bytes.readBigUInt64BE(at) };
}
