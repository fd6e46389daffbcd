import { HOSTS } from './identities.ts';
import { Random } from './random.ts';

/** What collectd's plugin cpu reports of five and a half processors: value lists with one DERIVE each. */
export const LISTS_A_DATAGRAM = 44;

const STATES = ['user', 'nice', 'system', 'idle', 'wait', 'interrupt', 'softirq', 'steal'] as const;
/** 2023-11-14 22:13:20 UTC, as cdtime (2^-30 s). */
const BEGIN = 1_700_000_000n << 30n;
const TIME_AT_START = 'compute-001'.length + 1 + 4 + 4;

/** A datagram of 44 values, as collectd packs them: only parts that changed stand in front of a value. */
export function datagramOf44(): Buffer {
  const random = new Random(4);
  const lists = Array.from({ length: LISTS_A_DATAGRAM }, (_, i) => {
    const value = Buffer.from([0, 6, 0, 15, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    value.writeBigInt64BE(BigInt(random.below(2 ** 31)) * 1000n, 7);
    const state = textPart(5, STATES[i % STATES.length] ?? '');
    const processor = i % STATES.length === 0 ? [textPart(3, String(i / STATES.length))] : [];
    return Buffer.concat([...processor, ...(i === 0 ? [textPart(4, 'cpu')] : []), state, value]);
  });
  return Buffer.concat([
    textPart(0, 'compute-001'),
    numberPart(8, BEGIN),
    numberPart(9, 10n << 30n),
    textPart(2, 'cpu'),
    ...lists,
  ]);
}

/** Gives a datagram of {@link datagramOf44} the time of its turn: a millisecond after the one before it. */
export function setTurn(datagram: Buffer, turn: number): void {
  datagram.writeBigUInt64BE(BEGIN + (BigInt(turn) << 30n) / 1000n, TIME_AT_START);
}

function textPart(type: number, text: string): Buffer {
  const part = Buffer.alloc(4 + text.length + 1);
  part.writeUInt16BE(type, 0);
  part.writeUInt16BE(part.length, 2);
  part.write(text, 4, 'latin1');
  return part;
}

function numberPart(type: number, value: bigint): Buffer {
  const part = Buffer.alloc(12);
  part.writeUInt16BE(type, 0);
  part.writeUInt16BE(part.length, 2);
  part.writeBigUInt64BE(value, 4);
  return part;
}

/** Value lists of one value each: what one collectd sends of 50 hosts in an interval. */
const IDENTIFIERS = 50 * 5 * STATES.length;

/** The same values as lines in our own naming; rounds are ten seconds apart, so that no value is too old for collectd. */
export function* collectdLines(): Generator<string> {
  for (let n = 0; ; n++) {
    const [round, i] = [Math.floor(n / IDENTIFIERS), n % IDENTIFIERS];
    const host = HOSTS[Math.floor(i / 40)];
    const tags = `host=${host},plugin_instance=${Math.floor(i / 8) % 5},type=cpu,type_instance=${STATES[i % 8]}`;
    yield `collectd_cpu,${tags} value=${123456 + n * 7}i ${1_700_000_000 + round * 10}123456789`;
  }
}
