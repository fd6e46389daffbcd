/**
 * A value list or a notification as it stood on the wire. Read by a few lines of our own, not by the codec that is tested with it; only what
 * collectd itself sends is understood (src/network.c).
 */
export interface WireRecord {
  readonly kind: 'values' | 'notification';
  /** `host/plugin-instance/type-instance`, one character a byte. */
  readonly identifier: string;
  /** cdtime. */
  readonly time: bigint;
  readonly interval: bigint;
  /** Each value as kind and bits, e.g. `gauge:3ff0000000000000`. */
  readonly values: readonly string[];
  readonly severity: number;
  readonly message: string;
}

const KINDS = ['counter', 'gauge', 'derive', 'absolute'];
const NAMES = { 0: 'host', 2: 'plugin', 3: 'pluginInstance', 4: 'type', 5: 'typeInstance' };

/** The records of a plain datagram, in order. */
export function readWire(datagram: Buffer): WireRecord[] {
  const records: WireRecord[] = [];
  const names = { host: '', plugin: '', pluginInstance: '', type: '', typeInstance: '' };
  const numbers = { time: 0n, interval: 0n, severity: 0n };
  const record = (kind: WireRecord['kind'], values: readonly string[], message: string) => {
    const { time, interval, severity } = numbers;
    records.push({ kind, identifier: text(names), time, interval, values, severity: Number(severity), message });
  };
  for (let at = 0; at < datagram.length; ) {
    const part = datagram.readUInt16BE(at);
    const length = datagram.readUInt16BE(at + 2);
    const body = datagram.subarray(at + 4, at + length);
    const name = NAMES[part as keyof typeof NAMES];
    if (name !== undefined) names[name as keyof typeof names] = body.toString('latin1', 0, body.length - 1);
    else if (part === 0x0008) numbers.time = body.readBigUInt64BE();
    else if (part === 0x0009) numbers.interval = body.readBigUInt64BE();
    else if (part === 0x0101) numbers.severity = body.readBigUInt64BE();
    else if (part === 0x0006) record('values', readValues(body), '');
    else if (part === 0x0100) record('notification', [], body.toString('latin1', 0, body.length - 1));
    else throw new Error(`A part of type 0x${part.toString(16)}`);
    at += length;
  }
  return records;
}

function readValues(body: Buffer): string[] {
  const count = body.readUInt16BE();
  return Array.from({ length: count }, (_, i) => {
    const kind = KINDS[body[2 + i] ?? -1];
    const at = 2 + count + 8 * i;
    const bits = kind === 'gauge' ? body.readBigUInt64LE(at) : body.readBigUInt64BE(at);
    return `${kind}:${bits.toString(16).padStart(16, '0')}`;
  });
}

function text(of: {
  host: string;
  plugin: string;
  pluginInstance: string;
  type: string;
  typeInstance: string;
}): string {
  const joined = (name: string, instance: string) => (instance === '' ? name : `${name}-${instance}`);
  return `${of.host}/${joined(of.plugin, of.pluginInstance)}/${joined(of.type, of.typeInstance)}`;
}
