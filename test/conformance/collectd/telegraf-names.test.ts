import { describe, expect, test } from 'vitest';
import { DatagramLines, type DatagramLinesOptions } from '../../../shared/collectd-lines/datagram-lines.ts';
import { recordedCredentials, recordedDatagrams, recordedTypes, telegrafLines } from './recorded.ts';

const credentials = recordedCredentials();
const dataSets = recordedTypes();

/** The lines of each datagram, without those of notifications, which Telegraf does not know. */
function ourLines(source: string, options: DatagramLinesOptions): string[][] {
  const lines = new DatagramLines(options);
  return recordedDatagrams(source).map((datagram) => {
    lines.decode(datagram);
    const text = Buffer.from(lines.take()).toString('utf8');
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('collectd_notification,'));
  });
}

/** Telegraf's serializer knows no exponents, and the recorder sorted the fields. */
function comparable(line: string): string {
  const [head, fields = '', time] = line.split(' ');
  const sorted = fields.split(',').sort();
  return `${head} ${sorted.map((field) => field.replace(/=.*/, (number) => `=${Number(number.slice(1))}`)).join(',')} ${time}`;
}

/** Compares the datagrams of which Telegraf gave lines, and gives the numbers of the others of which we gave some. */
function check(
  source: string,
  variant: string,
  options: DatagramLinesOptions,
  except: readonly number[] = [],
): number[] {
  const ours = ourLines(source, options);
  const onlyOurs: number[] = [];
  for (const [i, theirs] of telegrafLines(`${source}.${variant}`)) {
    if (except.includes(i)) continue;
    const [our, their] = [(ours[i] ?? []).map(comparable), theirs.map(comparable)];
    if (their.length > 0) expect(our, `datagram ${i}`).toEqual(their);
    else if (our.length > 0) onlyOurs.push(i);
  }
  return onlyOurs;
}

/** Datagrams of `plain` with an ABSOLUTE, for which Telegraf throws everything away. */
const WITH_ABSOLUTE = [
  2, 3, 7, 11, 16, 20, 24, 29, 33, 38, 42, 46, 47, 51, 55, 60, 64, 68, 73, 77, 82, 86, 90, 94, 95, 99,
];

describe('names, tags, numbers and times are those of Telegraf', () => {
  const naming = 'telegraf_split';

  test('split', () => {
    expect(check('plain', 'split', { naming, dataSets })).toEqual(WITH_ABSOLUTE);
  });

  test('split without types.db', () => {
    expect(check('plain', 'split-notypes', { naming })).toEqual(WITH_ABSOLUTE.filter((i) => i < 20));
  });

  test('join', () => {
    expect(check('plain', 'join', { naming: 'telegraf_join', dataSets })).toEqual(WITH_ABSOLUTE.filter((i) => i < 20));
  });

  test('signed', () => {
    expect(check('signed', 'sign', { naming, dataSets, credentials, securityLevel: 'sign' })).toEqual([2, 3]);
    expect(check('signed', 'encrypt', { naming, dataSets, credentials, securityLevel: 'encrypt' })).toEqual([]);
    // without an AuthFile Telegraf refuses what is signed
    expect(check('signed', 'none-noauth', { naming, dataSets })).toEqual([0, 1]);
  });

  test('encrypted', () => {
    expect(check('encrypted', 'none', { naming, dataSets, credentials })).toEqual([2, 3]);
    expect(check('encrypted', 'encrypt', { naming, dataSets, credentials, securityLevel: 'encrypt' })).toEqual([2, 3]);
    expect(check('encrypted', 'none-noauth', { naming, dataSets })).toEqual([]);
  });

  test('what is signed comes once, where Telegraf delivers it twice', () => {
    const ours = ourLines('signed', { naming, dataSets, credentials });
    for (const [i, theirs] of telegrafLines('signed.none')) {
      if (theirs.length > 0) expect([...(ours[i] ?? []), ...(ours[i] ?? [])]).toEqual(theirs);
    }
  });
});

describe('datagrams that collectd never sends', () => {
  const naming = 'telegraf_split';
  // Telegraf writes a value list without a time, with one before the year 1, and one without a host; collectd drops both, and so do we
  const REFUSED = [7, 8];
  // with an ABSOLUTE; cut off; with a part without content: Telegraf throws the whole datagram away
  const MORE = [5, 10, 11];
  const TWICE = 15;

  test('level none', () => {
    expect(check('handmade', 'none', { naming, dataSets, credentials }, [...REFUSED, TWICE])).toEqual(MORE);
  });

  test('without types.db', () => {
    // a value list without a type, which collectd refuses
    const [withoutType] = [9];
    expect(check('handmade', 'none-notypes', { naming, credentials }, [...REFUSED, withoutType, TWICE])).toEqual(MORE);
  });

  test('without an AuthFile', () => {
    expect(check('handmade', 'none-noauth', { naming, dataSets }, REFUSED)).toEqual([...MORE, TWICE]);
  });

  test.each(['sign', 'encrypt'] as const)('level %s', (securityLevel) => {
    expect(check('handmade', securityLevel, { naming, dataSets, credentials, securityLevel })).toEqual([]);
  });
});

test('datagrams of which Telegraf keeps no value list at all lose only what is refused', () => {
  const lines = new DatagramLines({ naming: 'telegraf_join', dataSets });
  for (const datagram of recordedDatagrams('plain')) lines.decode(datagram);
  // seven gauges that are NaN or infinite come with a datagram that Telegraf reads; every datagram has some
  expect(lines.counts.valueLists + lines.counts.without_fields).toBe(2695);
  expect(lines.counts.not_finite).toBe(lines.counts.without_fields);
});
