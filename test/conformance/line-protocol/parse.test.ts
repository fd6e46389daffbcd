import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findErrors,
  formatPoint,
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

describe('random nasty bytes', () => {
  test('are read as the reference reads them', () => {
    fc.assert(
      fc.property(nastyBytes(60), (bytes) => {
        expect(withoutCodes(readPublic(bytes))).toEqual(withoutCodes(readLines(bytes)));
      }),
      { numRuns: 1000 },
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
      { numRuns: 500 },
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
      { numRuns: 300 },
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
    { numRuns: 300 },
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
