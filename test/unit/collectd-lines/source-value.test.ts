import { expect, test } from 'vitest';
import { misfitOf, sourceValue, writeSourceText } from '../../../shared/collectd-lines/source-value.ts';
import { DATA_SOURCE_KINDS, type DataSourceKind } from '../../../shared/collectd-protocol/value-list.ts';
import { LineReader } from '../../../shared/line-protocol/line-reader.ts';

/** What a field is as each kind: the text for the doors, where the value agrees with it, or why not. */
function asKinds(field: string): Record<DataSourceKind, string> {
  const out = Buffer.alloc(64);
  const reader = new LineReader();
  const kinds = {} as Record<DataSourceKind, string>;
  const take = (batch: Parameters<Parameters<LineReader['read']>[1]>[0]) => {
    for (const kind of DATA_SOURCE_KINDS) {
      const misfit = misfitOf(batch, batch.firstField(0), kind);
      if (misfit !== undefined) {
        kinds[kind] = misfit;
        continue;
      }
      const text = out.toString('latin1', 3, writeSourceText(batch, batch.firstField(0), kind, out, 3));
      const { value } = sourceValue(batch, batch.firstField(0), kind);
      expect(typeof value === 'bigint' ? BigInt(text) : Number(text), `${field} as ${kind}`).toBe(value);
      kinds[kind] = text;
    }
  };
  reader.read(Buffer.from(`m f=${field}\n`), take);
  return kinds;
}

test('a field as a counter, gauge, derive and absolute', () => {
  const check = (field: string, unsigned: string, gauge: string, derive: string) =>
    expect(asKinds(field), field).toEqual({ counter: unsigned, absolute: unsigned, gauge, derive });

  // integers
  check('5i', '5', '5', '5');
  check('-5i', 'range', '-5', '-5');
  check('0i', '0', '0', '0');
  check('007i', '7', '7', '7');
  check('9007199254740992i', '9007199254740992', '9007199254740992', '9007199254740992');
  check('9007199254740993i', '9007199254740993', 'digits', '9007199254740993');
  check('9223372036854775807i', '9223372036854775807', 'digits', '9223372036854775807');
  check('-9223372036854775808i', 'range', '-9223372036854775808', '-9223372036854775808');
  check('18446744073709551615u', '18446744073709551615', 'digits', 'range');
  check('9223372036854775808u', '9223372036854775808', '9223372036854775808', 'range');

  // floats
  check('5', '5', '5', '5');
  check('1.5', 'fraction', '1.5', 'fraction');
  check('1.0', '1', '1.0', '1');
  check('1e3', '1000', '1e3', '1000');
  check('1e19', '10000000000000000000', '1e19', 'range');
  check('1e20', 'range', '1e20', 'range');
  check('5e-324', 'fraction', '5e-324', 'fraction');
  // all digits count, also those that no double has
  check('9007199254740993', '9007199254740993', '9007199254740993', '9007199254740993');
  check('18446744073709551616', 'range', '18446744073709551616', 'range');
  check('00012', '12', '00012', '12');

  // others
  check('true', '1', '1', '1');
  check('F', '0', '0', '0');
  check('"5"', 'text', 'text', 'text');
});

test('minus zero', () => {
  expect(asKinds('-0').gauge).toBe('-0');
});
