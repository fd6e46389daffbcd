import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readLines } from '../../support/reference-line-protocol.ts';
import { pointsOf, readVectors, type Vector } from './vectors.ts';

const vectors = readVectors();

describe('the column of ours', () => {
  test('has all 266 vectors', () => {
    expect(vectors.map(({ number }) => number)).toEqual(Array.from({ length: 266 }, (_, i) => i + 1));
  });

  test('has the points of the parser that the README of the vectors names', () => {
    const sides = new Map<string, number[]>();
    for (const vector of vectors) {
      const side = sideOf(vector);
      sides.set(side, [...(sides.get(side) ?? []), vector.number]);
    }
    expect(sides.get('upstream')).toEqual([5, 6, 151, 152, 153, 154, 155, 179, 180, 181, 194, 258]);
    const internal = [13, 14, 15, 16, 17, 18, 20, 73, 74, 76, 114, 118, 119, 121, 130, 135, 170, 234, 236];
    expect(sides.get('internal')).toEqual(internal);
    expect(sides.get('neither')).toEqual([162]);
  });

  test('has an error wherever both parsers have nothing but errors', () => {
    for (const { number, ours, internal, upstream } of vectors) {
      if (typeof internal === 'string' || internal.some((line) => 'point' in line)) continue;
      if (typeof upstream !== 'string' && upstream.some((line) => 'point' in line)) continue;
      expect(
        ours.some((line) => 'error' in line),
        `vector ${number}`,
      ).toBe(internal.length > 0);
    }
  });
});

describe('the reference', () => {
  test.each(vectors)('reads vector $number', ({ input, ours }) => {
    expect(readLines(Buffer.from(input, 'latin1'))).toEqual(ours);
  });
});

function sideOf({ internal, upstream, ours }: Vector): 'both' | 'internal' | 'upstream' | 'neither' {
  const theirs = pointsOf(internal === 'spins' ? [] : internal);
  const others = upstream === 'same' ? theirs : pointsOf(upstream === 'rejected' ? [] : upstream);
  const points = pointsOf(ours);
  if (isDeepStrictEqual(points, theirs)) return isDeepStrictEqual(theirs, others) ? 'both' : 'internal';
  return isDeepStrictEqual(points, others) ? 'upstream' : 'neither';
}
