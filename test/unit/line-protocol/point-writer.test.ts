import { describe, expect, test } from 'vitest';
import type { LineProtocolError } from '../../../shared/line-protocol/errors.ts';
import { PointBuffer } from '../../../shared/line-protocol/point-writer.ts';

const NOW = 1700000000123456789n;

function newBuffer(maxBytes?: number) {
  const problems: LineProtocolError[] = [];
  const options = { nowNs: () => NOW, onProblem: (problem: LineProtocolError) => void problems.push(problem) };
  const points = new PointBuffer(maxBytes === undefined ? options : { ...options, maxBytes });
  const taken = () => Buffer.from(points.take()).toString('utf8');
  return { points, problems, taken };
}

test('a line of every kind of field', () => {
  const { points, problems, taken } = newBuffer();
  points
    .measurement('disk usage')
    .tag('path', '/a b')
    .tag('é', 'ü')
    .float('f', -0)
    .integer('i', 2n ** 63n - 1n);
  points
    .unsigned('u', 2n ** 64n - 1n)
    .boolean('b', true)
    .string('s', 'a "b"\nc')
    .integer('n', 7);

  expect(points.end(1n)).toBe(true);

  const fields = 'f=-0,i=9223372036854775807i,u=18446744073709551615u,b=true,s="a \\"b\\"\nc",n=7i';
  expect(taken()).toBe(`disk\\ usage,path=/a\\ b,é=ü ${fields} 1\n`);
  expect(problems).toEqual([]);
});

test('a line without a time is of now', () => {
  const { points, taken } = newBuffer();
  points.measurement('m').float('f', 1).end();
  expect(taken()).toBe('m f=1 1700000000123456789\n');
});

describe('what cannot be written', () => {
  test('is left out, the rest is written, and end reports it', () => {
    const { points, problems, taken } = newBuffer();
    points.measurement('m').tag('a', '').tag('b', 'x\\').tag('c', 'd').tag('c', 'e').tag('', 'f');
    points
      .float('f', Number.NaN)
      .integer('i', 2 ** 53)
      .unsigned('u', -1)
      .string('s', '\ud800')
      .float('g', 1)
      .float('g', 2);
    expect(problems).toEqual([]);

    expect(points.end(5n)).toBe(true);

    expect(taken()).toBe('m,c=d g=1 5\n');
    expect(problems.map(({ code }) => code)).toEqual(Array(9).fill('unwritable'));
    expect(problems.map(({ message }) => message.replace(/ at .*/s, ''))).toEqual([
      'Tag value is empty',
      'Tag value ends in a backslash, which would escape what follows',
      'Line has the tag key twice',
      'Tag key is empty',
      'Field value is not a finite number',
      'Integer is not exact or out of range',
      'Integer is not exact or out of range',
      'Text holds half of a surrogate pair',
      'Line has the field key twice',
    ]);
  });

  test('a line without a field is not written', () => {
    const { points, taken } = newBuffer();
    expect(points.measurement('m').tag('a', 'b').end()).toBe(false);
    expect(points.measurement('m').float('f', Number.POSITIVE_INFINITY).end()).toBe(false);
    expect(points.size).toBe(0);
    expect(taken()).toBe('');
  });

  test('a line whose measurement or time is refused is not written', () => {
    const { points, problems, taken } = newBuffer();
    points.measurement('ok').float('f', 1).end(1n);
    expect(points.measurement('#m').tag('a', 'b').float('f', 1).end(1n)).toBe(false);
    expect(
      points
        .measurement('m')
        .float('f', 1)
        .end(2n ** 63n),
    ).toBe(false);
    expect(taken()).toBe('ok f=1 1\n');
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [2, 1],
      [2, 6],
    ]);
  });
});

describe('the buffer', () => {
  test('grows, and is the taker’s when taken', () => {
    const { points } = newBuffer();
    const text = 'x'.repeat(100_000);
    points.measurement('m').string('s', text).end(1n);
    const first = Buffer.from(points.take());
    points.measurement('n').string('s', 'y'.repeat(100_000)).end(2n);
    expect(first.toString()).toBe(`m s="${text}" 1\n`);
    expect(Buffer.from(points.take()).toString()).toMatch(/^n s="y+" 2\n$/);
    expect(points.size).toBe(0);
  });

  test('leaves a line out that does not fit, and takes the next one', () => {
    const { points, problems, taken } = newBuffer(64);
    points.measurement('a').float('f', 1).end(1n);
    expect(points.measurement('b').string('s', 'x'.repeat(60)).float('f', 1).end(1n)).toBe(false);
    points.measurement('c').float('f', 1).end(1n);
    expect(taken()).toBe('a f=1 1\nc f=1 1\n');
    expect(problems.map(({ code }) => code)).toEqual(['too_long']);
  });

  test('may be taken in the middle of a line', () => {
    const { points, taken } = newBuffer();
    points.measurement('a').float('f', 1).end(1n);
    points.measurement('b').tag('t', 'v');
    expect(taken()).toBe('a f=1 1\n');
    points.float('f', 1).end(2n);
    expect(taken()).toBe('b,t=v f=1 2\n');
  });

  test('forgets a line that was not ended', () => {
    const { points, taken } = newBuffer();
    points.measurement('a').float('f', 1);
    points.measurement('b').float('f', 1).end(1n);
    expect(taken()).toBe('b f=1 1\n');
  });
});

test('calls in the wrong order are mistakes of the plugin', () => {
  const { points } = newBuffer();
  expect(() => points.tag('a', 'b')).toThrow(/must follow measurement/);
  expect(() => points.float('a', 1)).toThrow(/must follow measurement/);
  expect(() => points.end()).toThrow(/must begin/);
  points.measurement('m').float('a', 1);
  expect(() => points.tag('a', 'b')).toThrow(/before the first field/);
});
