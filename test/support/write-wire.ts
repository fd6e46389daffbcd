import { cdtimeOfNs } from '../../shared/collectd-protocol/cdtime.ts';

/** A value list for {@link writeWire}; the parts of the identifier one character a byte. */
export interface ListToSend {
  readonly host: string;
  readonly plugin: string;
  readonly plugin_instance: string;
  readonly type: string;
  readonly type_instance: string;
  readonly timeNs: bigint;
  /** Kind and value of each data source. */
  readonly values: readonly (readonly [kind: string, value: number | bigint])[];
}

const KINDS = ['counter', 'gauge', 'derive', 'absolute'];

/** A datagram with one value list, complete in itself; by hand, as the codec of the product is what is tested with it. */
export function writeWire(list: ListToSend): Buffer {
  const { host, plugin, plugin_instance, type, type_instance } = list;
  return Buffer.concat(
    [
      ...[[0, host] as const, [2, plugin] as const, [3, plugin_instance] as const],
      ...[[4, type] as const, [5, type_instance] as const],
    ]
      .map(([part, text]) => stringPart(part, text))
      .concat(numberPart(8, cdtimeOfNs(list.timeNs)), numberPart(9, 10n << 30n), valuesPart(list.values)),
  );
}

function stringPart(part: number, text: string): Buffer {
  const body = Buffer.from(`${text}\0`, 'latin1');
  return Buffer.concat([partHead(part, body.length), body]);
}

function numberPart(part: number, value: bigint): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64BE(value);
  return Buffer.concat([partHead(part, 8), body]);
}

function valuesPart(values: ListToSend['values']): Buffer {
  const body = Buffer.alloc(2 + 9 * values.length);
  body.writeUInt16BE(values.length);
  for (const [i, [kind, value]] of values.entries()) {
    body[2 + i] = KINDS.indexOf(kind);
    const at = 2 + values.length + 8 * i;
    if (kind === 'gauge') body.writeDoubleLE(Number(value), at);
    else body.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)), at);
  }
  return Buffer.concat([partHead(6, body.length), body]);
}

function partHead(part: number, bodyBytes: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(part);
  head.writeUInt16BE(4 + bodyBytes, 2);
  return head;
}
