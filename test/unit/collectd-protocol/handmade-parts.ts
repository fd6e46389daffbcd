import { encryptedPart, signaturePart } from '../../../shared/collectd-protocol/security.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

/** The number of a part's type on the wire. */
export const PART = {
  host: 0x0000,
  time: 0x0001,
  plugin: 0x0002,
  pluginInstance: 0x0003,
  type: 0x0004,
  typeInstance: 0x0005,
  values: 0x0006,
  interval: 0x0007,
  timeHr: 0x0008,
  intervalHr: 0x0009,
  message: 0x0100,
  severity: 0x0101,
  signature: 0x0200,
  encryption: 0x0210,
} as const;

/** A cdtime, 2,000,000,000 s and a half. */
export const TIME = (2_000_000_000n << 30n) + (1n << 29n);
export const TIME_NS = '2000000000500000000';

/** A part with any content. @param length what its header says instead of the truth */
export function part(type: number, content: Uint8Array = Buffer.alloc(0), length = 4 + content.length): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(length, 2);
  return Buffer.concat([header, content]);
}

/** A part with a text, one character a byte, and the NUL behind it. */
export function text(type: keyof typeof PART, content: string): Buffer {
  return part(PART[type], Buffer.from(`${content}\0`, 'latin1'));
}

/** A part with a number of 64 bits. */
export function number(type: keyof typeof PART, value: bigint): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64BE(BigInt.asUintN(64, value));
  return part(PART[type], content);
}

const KINDS = ['counter', 'gauge', 'derive', 'absolute'];

/** A values part; a gauge is a number, others are bigint. */
export function values(...list: readonly (readonly [kind: string, value: number | bigint])[]): Buffer {
  const content = Buffer.alloc(2 + list.length * 9);
  content.writeUInt16BE(list.length, 0);
  for (const [i, [kind, value]] of list.entries()) {
    content[2 + i] = KINDS.indexOf(kind);
    const at = 2 + list.length + i * 8;
    if (typeof value === 'number') content.writeDoubleLE(value, at);
    else content.writeBigUInt64BE(BigInt.asUintN(64, value), at);
  }
  return part(PART.values, content);
}

/** What a value list needs before its values: host h, plugin p, type t, `TIME`, and an interval of 10 s. */
export const CONTEXT = Buffer.concat([
  text('host', 'h'),
  number('timeHr', TIME),
  number('intervalHr', 10n << 30n),
  text('plugin', 'p'),
  text('type', 't'),
]);

/** One gauge. */
export const gauge = (value: number) => values(['gauge', value]);

export const concat = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);

/** Users and their passwords. */
export const PASSWORDS = new Map([
  ['alice', Buffer.from('wonderland')],
  ['bob', Buffer.from('builder')],
]);

export const credentials = { passwordOf: (user: string) => PASSWORDS.get(user) };

export function signed(user: string, payload: Buffer, password = PASSWORDS.get(user) as Buffer): Buffer {
  return concat(signaturePart(password, toByteString(user), payload), payload);
}

export function encrypted(user: string, payload: Buffer, password = PASSWORDS.get(user) as Buffer): Buffer {
  return encryptedPart(password, toByteString(user), payload);
}
