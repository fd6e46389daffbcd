import { expect, test } from 'vitest';
import { TroubleSummary } from '../../../shared/log/trouble-summary.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const trouble = new TroubleSummary((text) => told.push(text), clock);
  const tellAnew = () => told.splice(0);
  return { clock, trouble, tellAnew };
}

test('the first of a kind is told at once, the others once a minute', () => {
  const { clock, trouble, tellAnew } = setUp();
  trouble.add('bad', 'Bad line 1');
  expect(tellAnew()).toEqual(['Bad line 1']);
  clock.advance(10_000);
  for (let i = 2; i <= 43; i++) trouble.add('bad', `Bad line ${i}`);
  clock.advance(49_999);
  expect(tellAnew()).toEqual([]);
  clock.advance(1);
  expect(tellAnew()).toEqual(['Bad line 43 (and 41 more in the last 60 s)']);

  // trouble that goes on stays at one line a minute
  trouble.add('bad', 'Bad line 44');
  expect(tellAnew()).toEqual([]);
  clock.advance(60_000);
  expect(tellAnew()).toEqual(['Bad line 44']);

  // after a quiet minute it is news
  clock.advance(60_000);
  expect(clock.waiting).toBe(0);
  trouble.add('bad', 'Bad line 45');
  expect(tellAnew()).toEqual(['Bad line 45']);
});

test('kinds do not hide each other', () => {
  const { clock, trouble, tellAnew } = setUp();
  trouble.add('a', 'a1');
  clock.advance(30_000);
  trouble.add('b', 'b1');
  trouble.add('a', 'a2');
  trouble.add('b', 'b2');
  expect(tellAnew()).toEqual(['a1', 'b1']);
  clock.advance(30_000);
  expect(tellAnew()).toEqual(['a2']);
  clock.advance(30_000);
  expect(tellAnew()).toEqual(['b2']);
});

test('closing tells what is held and leaves no timer', () => {
  const { clock, trouble, tellAnew } = setUp();
  trouble.add('a', 'a1');
  trouble.add('a', 'a2');
  trouble.add('a', 'a3');
  trouble.add('b', 'b1');
  tellAnew();
  clock.advance(4500);
  trouble.close();
  expect(tellAnew()).toEqual(['a3 (and 1 more in the last 5 s)']);
  expect(clock.waiting).toBe(0);
});

test('the number of kinds is bounded', () => {
  const { clock, trouble, tellAnew } = setUp();
  for (let i = 0; i < 10_000; i++) trouble.add(`kind ${i}`, `text ${i}`);
  expect(tellAnew()).toHaveLength(101);
  clock.advance(60_000);
  expect(tellAnew()).toEqual(['text 9999 (and 9898 more in the last 60 s)']);
});
