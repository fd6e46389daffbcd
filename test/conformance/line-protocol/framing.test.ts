import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readItems } from '../../support/reference-line-protocol.ts';
import { KernelFramer } from './kernel-framing.ts';
import { nastyBytes } from './nasty-bytes.ts';
import { readVectors } from './vectors.ts';

const kernel = new KernelFramer();

describe('the kernel frames as the reference', () => {
  test.each(readVectors())('vector $number, split at every byte', ({ input }) => {
    const bytes = Buffer.from(input, 'latin1');
    const expected = referenceRecords(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(kernel.frame(chunks).records, `split at ${at}`).toEqual(expected);
    }
    const everyByte = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(kernel.frame(everyByte).records, 'byte by byte').toEqual(expected);
  });

  test('random nasty bytes in random chunks', () => {
    fc.assert(
      fc.property(fc.array(nastyBytes(60), { minLength: 1, maxLength: 4 }), (chunks) => {
        expect(kernel.frame(chunks).records).toEqual(referenceRecords(Buffer.concat(chunks)));
      }),
      { numRuns: 5000 },
    );
  });

  // sixty-four bytes are looked at in one go where they have come
  const behind = Buffer.from(`n f=${'1'.repeat(80)}\n`);
  const padded = (pieces: readonly string[], expectedOf: (text: string) => string) =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const bytes = Buffer.concat([Buffer.from(expectedOf(parts.join('')), 'latin1'), behind]);
        expect(kernel.frame([bytes]).records).toEqual(referenceRecords(bytes));
      }),
      { numRuns: 10_000 },
    );

  test('random heads with much behind them', () => {
    const pieces = [
      '\\',
      '\\\\',
      '\\ ',
      '\\,',
      '\\=',
      '\\\t',
      '\\\r',
      '\\\n',
      '\r',
      '\t',
      ' ',
      ',',
      '=',
      'a',
      ',a=b',
      '#',
      '"',
    ];
    padded(pieces, (head) => `m${head} f="x\ny",g=2 3\n`);
  });

  test('random strings with much behind them', () => {
    const pieces = ['\\', '\\\\', '\\"', '"', '",', '="', ',g="', 'f="', 'g=', ',', ' ', 'x', '\n', '5', '" 1\n', '\r'];
    padded(pieces, (fields) => `m f="${fields}" 1\n`);
  });

  test('text that is no line protocol does not swallow the lines behind it', () => {
    const check = (text: string) => {
      const bytes = Buffer.from(`${text}\nm s="x" 1\nn f=1 2\n`);
      expect(kernel.frame([bytes]).records).toEqual([`${text}\n`, 'm s="x" 1\n', 'n f=1 2\n']);
    };

    // a quote that is not closed, where a field cannot begin
    check('12:00 started app="x');
    check('m,a f="x');
    check('m f=1 g="x');
    check('m f=1 1 g="x');
    check('m f,g="x');
    check('m f="a"b,g="x');
    check('m f=yes,g="x');
    check('m,a=b\\\t f="x');
  });
});

test('a limit on the length gives the same records however the bytes come', () => {
  const limited = new KernelFramer(24);
  fc.assert(
    fc.property(nastyBytes(120), fc.integer({ min: 1, max: 120 }), (bytes, at) => {
      // a record that is too long is one bad record or passed on in parts, as its newline is there or not; the others are the same
      const short = (chunks: Uint8Array[]) => limited.frame(chunks).records.filter((record) => record.length <= 25);
      const whole = short([bytes]);
      expect(short([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
      expect(short(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).toEqual(whole);
    }),
    { numRuns: 3000 },
  );
});

test('the items of the reference cover every byte once', () => {
  fc.assert(
    fc.property(nastyBytes(120), fc.integer({ min: 1, max: 40 }), (bytes, limit) => {
      let next = 0;
      for (const item of readItems(bytes, limit)) {
        expect(item.start).toBe(next);
        expect(item.end).toBeGreaterThanOrEqual(item.start);
        next = item.next;
      }
      expect(next).toBe(bytes.length);
    }),
    { numRuns: 1000 },
  );
});

test('the reference ends over-long records and open strings where a reader can go on', () => {
  const check = (text: string, expected: [record: string, code: string | undefined][]) => {
    const bytes = Buffer.from(text);
    const items = readItems(bytes, 20).filter(({ kind }) => kind === 'record');
    expect(items.map(({ start, end, error }) => [bytes.toString('latin1', start, end), error?.code])).toEqual(expected);
  };

  // twenty bytes are allowed
  check('m f=1,g=2 1234567890\n', [['m f=1,g=2 1234567890', undefined]]);
  check('m f=1,g=2 12345678901\nn f=1\n', [
    ['m f=1,g=2 12345678901', 'too_long'],
    ['n f=1', undefined],
  ]);
  // a string open at the limit: on behind its first newline
  check('m s="a\nn f=1\nn f=2\nn f=3\n"\n', [
    ['m s="a', 'unclosed_quote'],
    ['n f=1', undefined],
    ['n f=2', undefined],
    ['n f=3', undefined],
    ['"', 'no_fields'],
  ]);
  check(`m s="${'a'.repeat(30)}\nb" 1\nn f=1\n`, [
    [`m s="${'a'.repeat(30)}`, 'too_long'],
    ['b" 1', 'bad_field_key'],
    ['n f=1', undefined],
  ]);
  // a string never closed
  check('m s="a\nn f=1', [
    ['m s="a', 'unclosed_quote'],
    ['n f=1', undefined],
  ]);
});

/** The records with their newline, which the last one is given when it lacks one. */
function referenceRecords(bytes: Buffer): string[] {
  const records = readItems(bytes).filter(({ kind }) => kind === 'record');
  return records.map(({ start, end }) => `${bytes.toString('latin1', start, end)}\n`);
}
