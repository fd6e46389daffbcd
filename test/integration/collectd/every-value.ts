import type { WireRecord } from '../../support/collectd-wire.ts';

const MAX_U64 = (1n << 64n) - 1n;
const MAX_I64 = (1n << 63n) - 1n;
const BEYOND_DOUBLE = (1n << 53n) + 1n;

const GAUGES = [
  ...['0', '-0', '1', '-1.5', '0.1', '3.141592653589793', '1e21', '123456789012345680000', '9007199254740993'],
  ...['5e-324', '-5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '-1.7976931348623157e308'],
];
/** What line protocol cannot carry: unknown, +Inf, -Inf. */
const NO_NUMBERS = ['U', 'NaN', '1e400', '-1e400'];
const UNSIGNED = [0n, 1n, BEYOND_DOUBLE, MAX_I64, MAX_I64 + 1n, MAX_U64];
const SIGNED = [0n, 1n, -1n, BEYOND_DOUBLE, -BEYOND_DOUBLE, MAX_I64, -MAX_I64 - 1n];

/** Identifiers that collectd keeps as they are. */
const IDENTIFIERS = [
  'h/p/fx_gauge',
  'h/p-i/fx_gauge',
  'h/p-i/fx_gauge-t',
  'h/p/fx_gauge-t',
  // only the first hyphen divides
  'h-1.example.net/p-i-j--k-/fx_gauge-t-u',
  'fe80::1/p/fx_gauge-x:y',
  'hôte/plügin-日本/fx_gauge-é',
  'h o/p i n-s t/fx_gauge- t i ',
  'h/p-a=b,c/fx_gauge-=,',
  'h/p-"q"/fx_gauge-\\r"s\\t',
  "h/p-#/fx_gauge-$`'%s{}",
  `${'h'.repeat(127)}/${'p'.repeat(127)}-${'i'.repeat(127)}/fx_gauge-${'t'.repeat(127)}`,
  // names that our own measurements could be taken for
  'h/collectd-write_queue/queue_length',
  'h/collectd_x/fx_gauge',
  'h/notification/fx_gauge',
  'h/dma_event/fx_gauge',
];

/** Identifiers that line protocol cannot carry, one character a byte, and what becomes of them. */
const CHANGED: Readonly<Record<string, string>> = {
  // no UTF-8
  'h\xe9te/p-\xff\xfe/fx_gauge-\x80': 'hte/p/fx_gauge',
  'h/p/fx_gauge-back\\': 'h/p/fx_gauge-back',
  'h/p-tab\t/fx_gauge': 'h/p-tab/fx_gauge',
};

const TIMES = ['1', '1700000000', '1700000000.123456789', '1795278863.999999999', '4102444800.5'];

/** PUTVAL lines of every kind of data source with its extremes, one character a byte. All identifiers differ. */
export function everyValue(): string[] {
  const lines: string[] = [];
  const put = (identifier: string, value: string, time = '1795278863.25', interval = 10) => {
    const quoted = identifier.replaceAll(/["\\]/g, '\\$&');
    lines.push(`PUTVAL "${quoted}" interval=${interval} ${time}:${value}`);
  };
  for (const [i, value] of [...GAUGES, ...NO_NUMBERS].entries()) put(`values/gauge-${i}/fx_gauge`, value);
  for (const value of SIGNED) put(`values/derive/fx_derive-${value}`, String(value));
  for (const value of UNSIGNED) put(`values/counter/fx_counter-${value}`, String(value));
  for (const value of UNSIGNED) put(`values/absolute/fx_absolute-${value}`, String(value));
  put('values/mixed/fx_mixed4', `-0:${-MAX_I64 - 1n}:${MAX_U64}:${MAX_I64 + 1n}`);
  for (const value of NO_NUMBERS) put(`values/mixed-${value}/fx_mixed4`, `${value}:1:2:3`);
  put('values/many/fx_many', GAUGES.slice(0, 10).join(':'));
  put('values/many-holes/fx_many', '1:U:3:NaN:5:1e400:7:8:9:U');
  put('values/several/if_octets-eth0', `${BEYOND_DOUBLE}:${MAX_I64}`);
  put('values/load/load', '0.1:0.2:0.30000000000000004');
  for (const identifier of IDENTIFIERS) put(Buffer.from(identifier).toString('latin1'), '1');
  for (const identifier of Object.keys(CHANGED)) put(identifier, '1');
  for (const time of TIMES) put(`times/${time}/fx_gauge`, '1', time);
  for (const interval of [0.1, 1, 86400]) put(`intervals/${interval}/fx_gauge`, '1', undefined, interval);
  return lines;
}

const NAN = 'gauge:7ff8000000000000';

/** What has to come out of a way through lines: a gauge without a number is unknown, and a list of only such is not there at all. */
export function throughLines(sent: readonly WireRecord[]): Map<string, WireRecord> {
  const expected = new Map<string, WireRecord>();
  for (const record of sent) {
    const values = record.values.map((value) => (isNumber(value) ? value : NAN));
    if (values.some((value) => value !== NAN))
      expected.set(CHANGED[record.identifier] ?? record.identifier, { ...record, values });
  }
  return expected;
}

/** Values that line protocol cannot carry. */
export function withoutNumber(sent: readonly WireRecord[]): number {
  return sent.flatMap(({ values }) => values).filter((value) => !isNumber(value)).length;
}

/** Whether all exponent bits of a gauge are set: NaN and infinities. */
function isNumber(value: string): boolean {
  const [kind, bits = ''] = value.split(':');
  return kind !== 'gauge' || ((BigInt(`0x${bits}`) >> 52n) & 0x7ffn) !== 0x7ffn;
}
