import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Version, versionAt } from '../../../shared/topology/versions.ts';

const OPEN = Number.POSITIVE_INFINITY;
const EVER = Number.NEGATIVE_INFINITY;

/** `owner from to`, with `null` as in a snapshot. */
function version(text: string, row = 0): Version {
  const [owner = '', from, to] = text.split(' ');
  return { row, owner, fromMs: from === 'null' ? undefined : Number(from), toMs: to === 'null' ? OPEN : Number(to) };
}

function ask(texts: readonly string[], timeMs: number, graceMs = 30) {
  const versions = texts.map(version);
  const { status, rows, ...rest } = versionAt(versions, timeMs, graceMs);
  return { ...rest, status, owner: rows.map((row) => versions[row]?.owner).join('+') };
}

describe('the version at a moment', () => {
  const check = (texts: string[], timeMs: number, wanted: string) => {
    const { status, owner } = ask(texts, timeMs);
    expect(owner === '' ? status : `${status} ${owner}`).toBe(wanted);
  };

  test('is the one whose half-open interval contains it', () => {
    check([], 5, 'miss');
    check(['a null null'], 5, 'hit a');
    check(['a 100 200'], 99, 'miss');
    check(['a 100 200'], 100, 'hit a');
    check(['a 100 200'], 199, 'hit a');
    check(['a 100 null'], 1e15, 'hit a');
  });

  test('a tap that another VM takes over within a second has one owner at every millisecond', () => {
    const reused = ['a null 1000', 'b 1000 null'];
    check(reused, 999, 'hit a');
    check(reused, 1000, 'hit b');
    // a gap belongs to nobody: not to the new owner, nor by grace to the old one
    const gap = ['a null 1000', 'b 1400 null'];
    check(gap, 999, 'hit a');
    check(gap, 1000, 'miss');
    check(gap, 1399, 'miss');
    check(gap, 1400, 'hit b');
  });

  test('without a beginning it reaches back to the end of the one before', () => {
    check(['a 100 200', 'b null null'], 150, 'hit a');
    check(['a 100 200', 'b null null'], 200, 'hit b');
    check(['a 100 200', 'b null null'], 99, 'miss');
    check(['a null 100', 'b null 200', 'c null null'], 99, 'hit a');
    check(['c null null', 'b null 200', 'a null 100'], 199, 'hit b');
    check(['a null 100', 'b null 200', 'c null null'], 200, 'hit c');
  });

  test('after the last one there is grace, but not a moment longer', () => {
    check(['a null 1000'], 1000, 'grace a');
    check(['a null 1000'], 1029, 'grace a');
    check(['a null 1000'], 1030, 'miss');
    expect(ask(['a null 1000'], 1010).asOfMs).toBe(999);
    // only the last owner: an older one never
    check(['a null 980', 'b 980 1000'], 1005, 'grace b');
  });

  test('two owners at once are ambiguous, one owner told twice is not', () => {
    check(['a null null', 'b null null'], 5, 'ambiguous a+b');
    check(['a 100 null', 'b 200 null'], 150, 'hit a');
    check(['a 100 null', 'b 200 null'], 250, 'ambiguous a+b');
    check(['a null null', 'a null null'], 5, 'hit a+a');
    check(['a null 100', 'b null 100'], 110, 'miss');
  });

  test('a clock that was set back gives nobody the wrong owner', () => {
    // closed before it began: never valid, and no grace beside it
    check(['a 300 200'], 250, 'miss');
    check(['a 300 200'], 210, 'miss');
    // a went at 200, the clock went back, b came at 150
    check(['a 100 200', 'b 150 null'], 120, 'hit a');
    check(['a 100 200', 'b 150 null'], 180, 'ambiguous a+b');
    check(['a 100 200', 'b 150 null'], 200, 'hit b');
  });

  test('another owner of another kind ends the grace', () => {
    const versions = [version('a null 1000')];
    expect(versionAt(versions, 1010, 30, 999).status).toBe('grace');
    expect(versionAt(versions, 1010, 30, 1005).status).toBe('miss');
  });

  test('says for which times it is the answer', () => {
    const times = (texts: string[], timeMs: number) => {
      const { fromMs, toMs } = ask(texts, timeMs);
      return [fromMs, toMs];
    };
    expect(times([], 5)).toEqual([EVER, OPEN]);
    expect(times(['a null null'], 5)).toEqual([EVER, OPEN]);
    expect(times(['a 100 200'], 50)).toEqual([EVER, 100]);
    expect(times(['a 100 200'], 100)).toEqual([100, 200]);
    expect(times(['a 100 200'], 200)).toEqual([200, 230]);
    expect(times(['a 100 200'], 230)).toEqual([230, OPEN]);
    expect(times(['a 100 200', 'b null null'], 205)).toEqual([200, OPEN]);
  });

  test('the times that it says are right for every version list', () => {
    const time = fc.option(fc.nat(40), { nil: null });
    const one = fc.tuple(fc.constantFrom('a', 'b'), time, time).map(([owner, from, to]) => `${owner} ${from} ${to}`);
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 4 }),
        fc.integer({ min: -5, max: 60 }),
        fc.integer({ min: -5, max: 60 }),
        (texts, t, u) => {
          const at = ask(texts, t, 7);
          expect(at.fromMs <= t && t < at.toMs).toBe(true);
          if (at.fromMs <= u && u < at.toMs) {
            const { status, owner } = ask(texts, u, 7);
            expect({ status, owner }).toEqual({ status: at.status, owner: at.owner });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
