import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findErrors,
  formatPoint,
  fromByteString,
  LineProtocolError,
  LineReader,
  type ParsedLine,
  parse,
  parsePoints,
} from '../../../shared/line-protocol/index.ts';
import { readLines } from '../../support/reference-line-protocol.ts';
import { nastyBytes } from './nasty-bytes.ts';
import { asReference, writablePoint } from './points.ts';
import { asLine, readPublic } from './read-public.ts';
import { type Line, readVectors } from './vectors.ts';

const vectors = readVectors();

test.each(vectors)('vector $number is read', ({ input, ours }) => {
  expect(readPublic(Buffer.from(input, 'latin1'))).toEqual(ours);
});

test('findErrors gives the errors of parse', () => {
  for (const { number, input } of vectors) {
    const bytes = Buffer.from(input, 'latin1');
    const errors = parse(bytes).flatMap(({ error }) => (error ? [error] : []));
    expect(findErrors(bytes), `vector ${number}`).toEqual(errors);
  }
});

test('a CR before the newline is not what is wrong', () => {
  const check = (text: string, codes: string[]) => expect(findErrors(text).map(({ code }) => code)).toEqual(codes);

  check('m f=1\r\n', []);
  check('m\r\n', ['no_fields']);
  check('m,a=b\r\n', ['no_fields']);
  check('m,a=b \r\n', ['no_fields']);
  check('m f=1 x\r\n', ['bad_timestamp']);
  check('m f="a\r\n', ['unclosed_quote']);
});

test('the example of the documentation prints what stands there', () => {
  const page = readFileSync(new URL('../../../docs/reference/line-protocol.md', import.meta.url), 'utf8');
  const [, code = '', printed = ''] = /```ts\n([^`]*)```\n\nprints\n\n```text\n([^`]*)```/.exec(page) ?? [];
  const lines: string[] = [];
  const print = (...values: unknown[]) => lines.push(values.map((value) => format('%s', value)).join(' '));
  const run = new Function('parse', 'formatPoint', 'fromByteString', 'console', code.replace(/^import .*$/m, ''));
  run(parse, formatPoint, fromByteString, { log: print });
  expect(`${lines.join('\n')}\n`).toBe(printed);
});

describe('random nasty bytes', () => {
  test('are read as the reference reads them', () => {
    fc.assert(
      fc.property(nastyBytes(60), (bytes) => {
        expect(withoutCodes(readPublic(bytes))).toEqual(withoutCodes(readLines(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  test('throw nothing but a LineProtocolError', () => {
    fc.assert(
      fc.property(fc.oneof(nastyBytes(60), fc.uint8Array({ maxLength: 60 })), (bytes) => {
        for (const { error } of parse(bytes)) {
          if (!error) continue;
          expect(error).toBeInstanceOf(LineProtocolError);
          expect(Array.from(error.extract).length).toBeLessThanOrEqual(200);
        }
        try {
          parsePoints(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(LineProtocolError);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('are read alike in every chunking', () => {
    fc.assert(
      fc.property(nastyBytes(40), (bytes) => {
        const expected = parse(bytes).map(asLine);
        const everyByte = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
        expect(readChunks(everyByte)).toEqual(expected);
        const at = bytes.length >> 1;
        expect(readChunks([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

test('what is written is parsed as what was given, and written again as the same bytes', () => {
  fc.assert(
    fc.property(fc.array(writablePoint, { minLength: 1, maxLength: 3 }), (points) => {
      const text = points.map((point) => `${formatPoint(point)}\n`).join('');
      const read = parsePoints(Buffer.from(text, 'latin1'));
      expect(read.map(asReference)).toEqual(points.map(asReference));
      expect(read.map((point) => `${formatPoint(point)}\n`).join('')).toBe(text);
    }),
    { numRuns: 150 },
  );
});

/** Where a line has two mistakes, which of them is named is the reader's choice. */
function withoutCodes(lines: readonly Line[]): unknown[] {
  return lines.map((line) => ('error' in line ? 'error' : line));
}

function readChunks(chunks: readonly Uint8Array[]): Line[] {
  const reader = new LineReader({ maxLineBytes: 65536 });
  const lines: ParsedLine[] = [];
  const take = (batch: Parameters<Parameters<LineReader['read']>[1]>[0]) => {
    for (let i = 0; i < batch.length; i++) {
      const error = batch.error(i);
      lines.push(error ? { error } : { point: batch.point(i) });
    }
  };
  for (const chunk of chunks) reader.read(chunk, take);
  reader.end(take);
  return lines.map(asLine);
}
