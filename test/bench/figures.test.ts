import { expect, test } from 'vitest';
import { type Measured, type Row, verdict } from './figures.ts';

test('a row holds when each of its figures keeps its bound', () => {
  const lower: Row = {
    what: 'cost',
    better: 'lower',
    unit: '',
    figures: [
      { label: 'W1', must: 2 },
      { label: 'W2', must: 3 },
    ],
  };
  const higher: Row = { ...lower, better: 'higher' };
  const shown: Row = { ...lower, figures: [{ label: 'W1' }] };
  const check = (row: Row, measured: Measured, expected: string) => expect(verdict(row, measured)).toBe(expected);

  check(lower, { values: [2, 3] }, 'holds');
  check(lower, { values: [2.01, 1] }, 'FAILS');
  check(higher, { values: [2, 3] }, 'holds');
  check(higher, { values: [9, 2.99] }, 'FAILS');
  check(lower, { values: [Number.NaN, 1] }, 'FAILS');

  // missing: with a reason or without
  check(lower, { values: [undefined, undefined], skipped: 'Go is not there' }, 'skipped');
  check(lower, { values: [undefined, undefined] }, 'FAILS');
  check(lower, { values: [] }, 'FAILS');
  check(lower, { values: [9, undefined], skipped: 'Go is not there' }, 'FAILS');

  // beyond what pass-through took in the same run
  check(lower, { values: [5, 3], floor: [3, 0] }, 'holds');
  check(lower, { values: [5.1, 3], floor: [3, 0] }, 'FAILS');

  // no bound
  check(shown, { values: [1000] }, 'holds');
});
