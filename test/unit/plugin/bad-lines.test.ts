import { beforeEach, expect, test } from 'vitest';
import { createKernel } from '../../../shared/line-protocol/kernel.ts';
import { createBadLines } from '../../../shared/plugin/bad-lines.ts';
import { FakeContext } from '../../support/fake-context.ts';

const kernel = createKernel(1024);
let context: FakeContext;
let kept: string[];
/** Whether the quarantine takes anything. */
let takes: boolean;

beforeEach(() => {
  context = new FakeContext();
  kept = [];
  takes = true;
});

function badLines(invalidLines: 'pass' | 'drop', withQuarantine = true) {
  const quarantine = {
    keep(record: Uint8Array) {
      if (takes) kept.push(Buffer.from(record).toString('latin1'));
      return takes;
    },
    close() {},
  };
  const options = { invalidLines, quarantine: withQuarantine ? quarantine : undefined };
  return createBadLines(kernel, options, context.log, context.stats);
}

/** Puts a record into the kernel's memory. */
function place(record: string): [from: number, to: number] {
  const from = kernel.readAt + 100;
  return [from, from + kernel.bytes.write(record, from, 'latin1')];
}

const counters = () =>
  Object.fromEntries(
    ['invalid_lines', 'dropped_lines', 'quarantined_lines', 'quarantine_errors'].map((name) => [
      name,
      context.stats.read(name),
    ]),
  );

test('counts, tells the place with an extract, and keeps a copy', () => {
  const [from, to] = place('m,a f=1\n');
  expect(badLines('pass').bad('bad_tag', 17, from, to, from + 3)).toBe(false);
  expect(counters()).toEqual({ invalid_lines: 1, dropped_lines: 0, quarantined_lines: 1, quarantine_errors: 0 });
  expect(context.said).toEqual([
    'T bad_tag: Tag is not of the form key=value; record 17, column 4: "m,a f=1"; passed on as it came',
  ]);
  expect(kept).toEqual(['m,a f=1\n']);
});

test('what is dropped is counted as that, too', () => {
  const lines = badLines('drop', false);
  const [from, to] = place('m,a f=1\n');
  for (let n = 0; n < 3; n++) expect(lines.bad('bad_tag', n, from, to, from)).toBe(true);
  expect(lines.overlong(9, from, to)).toBe(true);
  expect(counters()).toEqual({ invalid_lines: 4, dropped_lines: 4, quarantined_lines: 0, quarantine_errors: 0 });
  expect(context.said.every((text) => text.endsWith('; dropped'))).toBe(true);
});

test('a quarantine that takes nothing is counted', () => {
  takes = false;
  const [from, to] = place('m,a f=1\n');
  badLines('pass').bad('bad_tag', 1, from, to, from);
  expect(counters()).toEqual({ invalid_lines: 1, dropped_lines: 0, quarantined_lines: 0, quarantine_errors: 1 });
});

test('of a record that is too long the beginning is kept, on a line of its own', () => {
  const lines = badLines('pass');
  const [from, to] = place('x'.repeat(500));
  expect(lines.overlong(3, from, to)).toBe(false);
  lines.bad('bad_tag', 4, ...place('m,a f=1\n'), from);
  expect(kept).toEqual([`${'x'.repeat(500)}\n`, 'm,a f=1\n']);
  expect(context.said[0]).toMatch(/^T too_long: Line is longer than the limit; record 3, column 1: "x{40}"; passed/);
});

test('an unfinished record at the end is dropped whatever the option says, and kept', () => {
  const lines = badLines('pass');
  lines.unfinished(Buffer.alloc(0));
  expect(counters()).toEqual({ invalid_lines: 0, dropped_lines: 0, quarantined_lines: 0, quarantine_errors: 0 });
  lines.unfinished(Buffer.from('m f=12'));
  expect(counters()).toEqual({ invalid_lines: 1, dropped_lines: 1, quarantined_lines: 1, quarantine_errors: 0 });
  expect(kept).toEqual(['m f=12\n']);
  expect(context.said).toEqual([
    'T incomplete: Line is not complete at the end: "m f=12"; dropped, since a part of it may look whole',
  ]);
});
