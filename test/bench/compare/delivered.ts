import { type ByteString, fromByteString, type Point, parse } from '../../../shared/line-protocol/index.ts';
import { type Dispatched, type DispatchedValue, tagText } from './dispatched.ts';

/** How a receiver names what it delivers. */
export type Naming = 'crosslayer' | 'telegraf_split';

/** What a receiver delivered of what it should have. */
export interface Delivered {
  /** Values that collectd dispatched too, each counted once. */
  readonly values: number;
  /** Values of the same that came again. */
  readonly again: number;
  /** Values that collectd did not dispatch. */
  readonly unasked: number;
  /** Of `values`: those whose number is another than the one that was sent. */
  readonly inexact: number;
  readonly notifications: number;
  /** Lines of values that carry the interval. */
  readonly intervals: number;
  /** Of the datagrams that collectd took values from: those of which no value came. */
  readonly lostDatagrams: readonly number[];
  /** Value lists of which no value came. */
  readonly lostLists: number;
  /** Values that did not come. */
  readonly lost: readonly DispatchedValue[];
}

type Number64 = number | bigint;

const NOTIFICATION = 'collectd_notification';

/** Compares a receiver's lines with what collectd dispatched. @throws {Error} for a line that cannot be read */
export function compare(text: string | Uint8Array, naming: Naming, expected: Dispatched): Delivered {
  const points = parse(text).map(({ point, error }) => {
    if (error) throw error;
    return point;
  });
  const lists = points.filter(({ measurement }) => measurement !== NOTIFICATION);
  const came = new Map<string, Number64[]>();
  for (const point of lists) {
    for (const [key, value] of valuesOf(point, naming)) {
      came.set(key, [...(came.get(key) ?? []), value]);
    }
  }
  const asked = new Set<string>();
  const lost: DispatchedValue[] = [];
  let inexact = 0;
  for (const value of expected.finite) {
    const key = keyOf(nameOf(value, naming), value.tags, value.timeNs);
    asked.add(key);
    const number = came.get(key)?.shift();
    if (number === undefined) lost.push(value);
    else if (!isSame(number, value.value)) inexact++;
  }
  const left = [...came].filter(([, numbers]) => numbers.length > 0);
  const count = (entries: typeof left) => entries.reduce((sum, [, numbers]) => sum + numbers.length, 0);
  const whole = (of: 'datagram' | 'list') => {
    const wanting = new Set(lost);
    const reached = new Set(expected.finite.filter((value) => !wanting.has(value)).map((value) => value[of]));
    return [...new Set(lost.map((value) => value[of]))].filter((number) => !reached.has(number));
  };
  return {
    values: expected.finite.length - lost.length,
    again: count(left.filter(([key]) => asked.has(key))),
    unasked: count(left.filter(([key]) => !asked.has(key))),
    inexact,
    notifications: points.length - lists.length,
    intervals: lists.filter(hasInterval).length,
    lostDatagrams: whole('datagram'),
    lostLists: whole('list').length,
    lost,
  };
}

function keyOf(name: string, tags: string, timeNs: bigint | undefined): string {
  return `${name} ${tags} ${timeNs}`;
}

function nameOf({ plugin, dataSource }: DispatchedValue, naming: Naming): string {
  return naming === 'crosslayer' ? `collectd_${plugin} ${dataSource}` : `${plugin}_${dataSource}`;
}

function* valuesOf({ measurement, tags, fields, timeNs }: Point, naming: Naming): Generator<[string, Number64]> {
  const name = fromByteString(measurement);
  const texts = tags.map(([key, value]): [string, string] => [TAG_OF.get(key) ?? key, fromByteString(value)]);
  const sameTags = tagText(texts.filter(([key]) => key !== 'interval'));
  for (const [key, field] of fields) {
    if (key === 'interval' || field.kind === 'boolean' || field.kind === 'string') continue;
    yield [keyOf(naming === 'crosslayer' ? `${name} ${fromByteString(key)}` : name, sameTags, timeNs), field.value];
  }
}

/** Our tags by the names of Telegraf's parser. */
const TAG_OF: ReadonlyMap<ByteString, string> = new Map([['plugin_instance' as ByteString, 'instance']]);

function hasInterval({ tags, fields }: Point): boolean {
  return [...tags, ...fields].some(([key]) => key === 'interval');
}

/** A double is the integer it stands for, which may not be the one that was sent. */
function isSame(came: Number64, sent: Number64): boolean {
  if (typeof came === 'number' && typeof sent === 'bigint') return Number.isInteger(came) && BigInt(came) === sent;
  return came === sent;
}
