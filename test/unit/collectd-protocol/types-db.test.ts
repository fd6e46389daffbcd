import { describe, expect, test } from 'vitest';
import { MAX_TYPES_DB_BYTES, parseTypesDb, type TypesDbFile } from '../../../shared/collectd-protocol/types-db.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';

const file = (text: string, name = 'types.db'): TypesDbFile => ({ name, bytes: Buffer.from(text, 'latin1') });
const parse = (...texts: string[]) => parseTypesDb(texts.map((text, i) => file(text, `types-${i + 1}.db`)));

/** Each type as it would stand in a types.db. */
function shown(...texts: string[]): string[] {
  const bound = (value: number) => (Number.isNaN(value) ? 'U' : String(value));
  return Array.from(parse(...texts).types, ({ type, sources }) => {
    const list = sources.map((s) => `${s.name}:${s.kind}:${bound(s.min)}:${bound(s.max)}`);
    return `${type} ${list.join(' ')}`;
  });
}

describe('a line of types.db', () => {
  test('gives a type', () => {
    const check = (line: string, expected: string) => {
      expect(shown(line)).toEqual([expected]);
      expect(parse(line).problems).toEqual([]);
    };

    // fields
    check('load shortterm:GAUGE:0:5000, midterm:GAUGE:0:5000', 'load shortterm:gauge:0:5000 midterm:gauge:0:5000');
    check('load shortterm:GAUGE:0:5000 midterm:GAUGE:0:5000', 'load shortterm:gauge:0:5000 midterm:gauge:0:5000');
    check('if_octets\t\trx:DERIVE:0:U,\ttx:DERIVE:0:U,\r\n', 'if_octets rx:derive:0:U tx:derive:0:U');
    check('  cpu value:DERIVE:0:U  ', 'cpu value:derive:0:U');

    // kinds
    check('a v:gauge:U:U', 'a v:gauge:U:U');
    check('a v:Counter:0:U', 'a v:counter:0:U');
    check('a v:DERIVE:0:U', 'a v:derive:0:U');
    check('a v:absolute:0:U', 'a v:absolute:0:U');

    // bounds
    check('a v:GAUGE:u:100.5', 'a v:gauge:U:100.5');
    check('a v:GAUGE:-1e3:0x10', 'a v:gauge:-1000:16');
    check('a v:GAUGE:-inf:inf', 'a v:gauge:-Infinity:Infinity');
    check('a v:GAUGE:none:5kg', 'a v:gauge:0:5');

    // empty fields vanish
    check('a :v::GAUGE:0:U', 'a v:gauge:0:U');
  });

  test('says nothing', () => {
    const check = (line: string) => {
      expect(shown(line)).toEqual([]);
      expect(parse(line).problems).toEqual([]);
    };

    check('');
    check('\r');
    check(' \t ');
    check('# load value:GAUGE:U:U');
    check('  # load value:GAUGE:U:U');
    check('load');
    check(`# ${'x'.repeat(5000)}`);
  });

  test('that is broken drops its type only', () => {
    const check = (line: string, message: string) => {
      const { types, problems } = parse(`before v:GAUGE:U:U\n${line}\nafter v:GAUGE:U:U\n`);
      expect(Array.from(types, ({ type }) => type)).toEqual(['before', 'after']);
      expect(problems).toEqual([{ level: 'error', file: 'types-1.db', line: 2, message }]);
    };

    check('a v:GAUGE:U', 'Type "a" is left out: data source "v:GAUGE:U" is too short for name:KIND:min:max');
    check('a value:GAUGE:U', 'Type "a" is left out: data source "value:GAUGE:U" is not of the form name:KIND:min:max');
    check('a v:GAUGE:U:U:1', 'Type "a" is left out: data source "v:GAUGE:U:U:1" is not of the form name:KIND:min:max');
    check('a v:GAUGE:U:U ,', 'Type "a" is left out: data source "," is too short for name:KIND:min:max');
    check('a v:GAUGE:U:U # text', 'Type "a" is left out: data source "#" is too short for name:KIND:min:max');
    check(
      'a v:GAUGES:U:U',
      'Type "a" is left out: data source "v:GAUGES:U:U" has the kind "GAUGES", known are GAUGE, COUNTER, DERIVE and ABSOLUTE',
    );
    check('a v:GAUGE:0:1 w:GAUGE:0:1 v:GAUGE:0:1', 'Type "a" is left out: two data sources are called "v"');
    check(
      'a \xfcvalue:GAUGE:0',
      'Type "a" is left out: data source "\ufffdvalue:GAUGE:0" is not of the form name:KIND:min:max',
    );
    check('a v:GAUGE:U:U\0', 'Line holds a NUL byte');
    check(`${'t'.repeat(128)} v:GAUGE:U:U`, `Type "${'t'.repeat(60)}…" has 128 bytes, a name has at most 127`);
    check(
      `a ${'n'.repeat(128)}:GAUGE:U:U`,
      `Type "a" is left out: data source "${'n'.repeat(60)}…" has a name of more than 127 bytes`,
    );
  });

  test('has at most 4094 bytes with its newline and 63 data sources', () => {
    const sources = (count: number) => Array.from({ length: count }, (_, i) => `v${i}:GAUGE:U:U`).join(' ');
    const long = (bytes: number) => `a v:GAUGE:0:${'1'.padStart(bytes - 13, '0')}\n`;

    expect(parse(`a ${sources(63)}`).types.get('a' as ByteString)?.sources).toHaveLength(63);
    expect(parse(`a ${sources(64)}`).problems).toMatchObject([
      { message: 'Type "a" has 64 data sources, at most 63 are possible' },
    ]);
    expect(shown(long(4094))).toEqual(['a v:gauge:0:1']);
    expect(parse(long(4095)).problems).toMatchObject([{ message: 'Line has 4095 bytes, collectd reads at most 4094' }]);
  });
});

describe('several files', () => {
  test('the later definition replaces the former, which is told', () => {
    const first = 'a v:GAUGE:U:U\nb v:GAUGE:U:U\n';
    expect(shown(first, '\na v:DERIVE:0:U')).toEqual(['a v:derive:0:U', 'b v:gauge:U:U']);
    expect(parse(first, '\na v:DERIVE:0:U').problems).toEqual([
      {
        level: 'notice',
        file: 'types-2.db',
        line: 2,
        message: 'Type "a" is defined again and replaces the former definition',
      },
    ]);
  });

  test('a broken definition leaves an earlier one in force', () => {
    expect(shown('a v:GAUGE:U:U', 'a v:GAUGE')).toEqual(['a v:gauge:U:U']);
  });

  test('one that is too large is left out', () => {
    const { types, problems } = parseTypesDb([
      { name: 'disk.img', bytes: Buffer.alloc(MAX_TYPES_DB_BYTES + 1, 0x0a) },
      file('a v:GAUGE:U:U'),
    ]);
    expect(types.size).toBe(1);
    expect(problems).toEqual([
      { level: 'error', file: 'disk.img', line: 0, message: 'File has 8388609 bytes, at most 8388608 are read' },
    ]);
  });

  test('a file of problems gives 100 and the number of the others', () => {
    const { problems, moreProblems } = parse('a b\n'.repeat(150));
    expect(problems).toHaveLength(100);
    expect(moreProblems).toBe(50);
  });
});

test('types are found by their bytes', () => {
  const { types } = parseTypesDb([file('Gauge v:GAUGE:U:U\nt\xc3\xbcr v:GAUGE:U:U\n')]);
  expect(types.size).toBe(2);
  expect(types.get('gauge' as ByteString)).toBeUndefined();
  expect(types.get('Gauge' as ByteString)?.type).toBe('Gauge');
  expect(types.get(toByteString('tür'))?.sources).toHaveLength(1);
});
