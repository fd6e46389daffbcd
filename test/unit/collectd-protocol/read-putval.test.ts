import { expect, test } from 'vitest';
import { readPutval } from '../../../shared/collectd-protocol/read-putval.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';

// what collectd answers to each form of a line is in test/conformance/collectd/text-rows.ts

const { types } = parseTypesDb([
  {
    name: 'types.db',
    bytes: Buffer.from('gauge value:GAUGE:U:U\nfx g:GAUGE:U:U d:DERIVE:U:U c:COUNTER:U:U a:ABSOLUTE:U:U\n'),
  },
]);
const NOW = 1_700_000_000n << 30n;
const read = (line: string, hostname?: string) =>
  readPutval(line as ByteString, { types, now: () => NOW, ...(hostname && { hostname: hostname as ByteString }) });

test('a line gives its value lists', () => {
  expect(read('PUTVAL "h/p-a b/fx-t" interval=2.5 1.5:-0:-1:2:3')).toEqual({
    lists: [
      {
        host: 'h',
        plugin: 'p',
        pluginInstance: 'a b',
        type: 'fx',
        typeInstance: 't',
        time: 3n << 29n,
        interval: 5n << 29n,
        values: [
          { kind: 'gauge', value: -0 },
          { kind: 'derive', value: -1n },
          { kind: 'counter', value: 2n },
          { kind: 'absolute', value: 3n },
        ],
      },
    ],
    meta: [],
  });
});

test('options hold for the lists behind them, and N is the present', () => {
  expect(read('PUTVAL h/p/gauge interval=1 N:1 interval=2 5:2 interval=x 6:3')).toMatchObject({
    lists: [
      { time: NOW, interval: 1n << 30n },
      { time: 5n << 30n, interval: 2n << 30n },
      { time: 6n << 30n, interval: 2n << 30n },
    ],
  });
});

test('meta data stands beside the list, the last of a name', () => {
  expect(read('PUTVAL h/p/gauge meta:b="\\"1 \\\\\\"" meta:a="\\"2\\"" META:b="\\"3\\"" 1:1')).toMatchObject({
    meta: [
      { name: 'b', value: '3' },
      { name: 'a', value: '2' },
    ],
  });
});

test('an empty host is the own one, where that is known', () => {
  expect(read('PUTVAL /p/gauge 1:1', 'me')).toMatchObject({ lists: [{ host: 'me' }] });
  expect(read('PUTVAL /p/gauge 1:1')).toMatchObject({ reason: 'empty_part' });
});

test('problems say what is wrong, in one line', () => {
  const check = (line: string, message: string) => {
    const problem = read(line);
    expect(isTextProblem(problem) && problem.message).toBe(message);
  };

  check('GETVAL h/p/gauge', 'Line is neither PUTVAL nor PUTNOTIF: "GETVAL h/p/gauge"');
  check('PUTVAL h/p/t\x1b[31m\xfc 1:1', 'Type is not in types.db: "t\\x1b[31m\ufffd"');
  check('PUTVAL h/p/gauge 1:x', 'Value is no number of its kind: "1:x"');
  check(
    `PUTVAL ${'x'.repeat(100)} 1:x`,
    `Identifier is not of the form host/plugin[-instance]/type[-instance]: "${'x'.repeat(60)}..."`,
  );
});

test('a line is shorter than the 1200 bytes that collectd has for it', () => {
  const padded = (bytes: number) => 'PUTVAL h/p/gauge 1:1'.padEnd(bytes);
  expect(read(padded(1198))).toMatchObject({ lists: [{}] });
  expect(read(padded(1199))).toMatchObject({ reason: 'long_line' });
  expect(read('PUTVAL h/p/gauge\0 1:1')).toMatchObject({ reason: 'nul_byte' });
});
