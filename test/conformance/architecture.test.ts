import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The numbered steps in a text, in its order. */
const stepsIn = (text: string) => [...text.matchAll(/^[ *]*(\d+)\. (.+)$/gm)].map(([, n, step]) => `${n}. ${step}`);

const run = textOf('shared/plugin/run.ts');
const [, page = ''] = /<!-- steps:start -->\n(.*)\n<!-- steps:end -->/s.exec(textOf('docs/architecture.md')) ?? [];
const [, comment = '', body = ''] = /\/\*\*((?:(?!\*\/).)*)\*\/\nexport async function run\((.*)/s.exec(run) ?? [];

test('the steps of a line in docs/architecture.md are those of run, word for word', () => {
  const steps = stepsIn(comment);
  expect(steps.map((step) => Number.parseInt(step, 10))).toEqual(steps.map((_, i) => i + 1));
  expect(steps.length).toBeGreaterThan(3);
  expect(stepsIn(page)).toEqual(steps);
  // nothing else stands between the marks
  expect(page.trim().split('\n')).toEqual(steps);
});

test('and each of them has its place in its body, under its number and name', () => {
  const names = stepsIn(comment).map((step) => step.replace(/:.*/, ''));
  const marks = [...body.matchAll(/^ *\/\/ (\d+\. .*)$/gm)].flatMap(([, mark = '']) => mark.split(', '));
  // what comes later is made first, since each step is given the one behind it
  expect(marks).toEqual(names.toReversed());
});
