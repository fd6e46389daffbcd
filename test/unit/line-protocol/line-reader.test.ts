import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineBatch, LineReader } from '../../../shared/line-protocol/line-reader.ts';
import { readLines } from '../../support/reference-line-protocol.ts';

const ordinary = new LineReader();

/** What there is to know of each line: its first field's value, or its error with the place. */
function readAll(chunks: readonly Uint8Array[], reader = ordinary): unknown[] {
  reader.reset();
  const lines: unknown[] = [];
  const take = (batch: LineBatch) => {
    for (let i = 0; i < batch.length; i++) {
      const error = batch.error(i);
      lines.push(error ? `${error.code} ${error.line}:${error.column}` : batch.fieldValue(batch.firstField(i)).value);
    }
  };
  for (const chunk of chunks) reader.read(chunk, take);
  reader.end(take);
  return [...lines, ...reader.takeOverlong().map((error) => `${error.code} ${error.line}:${error.column}`)];
}

const text = (parts: string) => Buffer.from(parts, 'latin1');

describe('floats', () => {
  const check = (numbers: readonly string[]) => {
    const read = readAll([text(numbers.map((number) => `m f=${number} 1\n`).join(''))]);
    const expected = numbers.map((number, i) => {
      const value = Number(number);
      return Number.isFinite(value) ? value : `out_of_range ${i + 1}:5`;
    });
    for (const [i, value] of expected.entries()) {
      if (!Object.is(read[i], value)) expect(read[i], numbers[i]).toBe(value);
    }
  };

  test('are what Number() makes of them', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }).map((all) => all.join(''));
    const exponents = fc.integer({ min: -360, max: 330 }).map((e) => `e${e}`);
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits,
        fc.oneof(
          fc.constantFrom('', '.'),
          digits.map((all) => `.${all}`),
        ),
        fc.oneof(fc.constantFrom('', 'E+5'), exponents),
      )
      .map((parts) => [parts.join('')]);
    const written = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => [String(value), value.toExponential(), value.toExponential(20), value.toPrecision(17)]);
    fc.assert(
      fc.property(fc.array(fc.oneof(decimal, written), { minLength: 100, maxLength: 100 }), (all) => check(all.flat())),
      { numRuns: 60 },
    );
  });

  test('between two doubles, and at the edges of what there is', () => {
    check([
      ...['9007199254740993', '9007199254740992.9999999999999999', '9007199254740993.0000000000000001', '0.1', '1e23'],
      ...['4.9e-324', '2.4703282292062327e-324', '2.4703282292062328e-324', '1e-400', '2.2250738585072011e-308'],
      ...['1.7976931348623157e308', '1.7976931348623158e308', '1.7976931348623159e308', '2e308', '1e309', '-2e308'],
      ...['1.797693134862315807e308', '1.797693134862315808e308', '179769313486231570000e289', '0.00017e312'],
      ...[
        `1${'0'.repeat(308)}`,
        `1${'0'.repeat(309)}`,
        `0.${'0'.repeat(400)}1e401`,
        `${'0'.repeat(400)}1`,
        '0e999',
        '-0',
      ],
    ]);
  });
});

describe('places of errors', () => {
  const bad = ['m\n', 'm,a f=1\n', 'm f=x\n', 'm f=1 x\n', ',\n', 'm s="a\nb" f\n', 'm f=1 1 1\n'];
  const good = ['m f=1 1\n', 'm s="a\n\nb" 1\r\n', '# c\n', '\n', ' \r\n'];

  test('are those in the whole input, however it comes', () => {
    const input = fc.array(fc.constantFrom(...bad, ...good), { maxLength: 20 }).map((lines) => text(lines.join('')));
    fc.assert(
      fc.property(input, fc.array(fc.nat(200), { maxLength: 6 }), (bytes, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        const places = (lines: readonly unknown[]) => lines.map((line) => /\d+:\d+$/.exec(String(line))?.[0]);
        const expected = readLines(bytes).map((line) =>
          'error' in line ? `${line.error.line}:${line.error.column}` : undefined,
        );
        expect(places(readAll(chunks))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('behind records that are too long', () => {
    const long = 'x'.repeat(3000);
    const lines = `m f=1\n${long}\nm f=x\n# ${long}\nm f="a\nb",g\n${long}`;
    for (const size of [10, 700, 100_000]) {
      const bytes = text(lines);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const read = readAll(chunks, new LineReader({ maxLineBytes: 1024 }));
      expect(new Set(read), `chunks of ${size}`).toEqual(
        new Set([1, 'too_long 2:1', 'bad_field_value 3:5', 'bad_field_key 6:5', 'too_long 7:1']),
      );
    }
  });

  test('can be asked for in any order', () => {
    const reader = new LineReader();
    reader.read(text('m f=x\nm f=1\nm f=y\nm f=z\n'), (batch) => {
      const lines = [3, 0, 2, 1, 3, 2].map((i) => batch.error(i)?.line);
      expect(lines).toEqual([4, 1, 3, undefined, 4, 3]);
    });
  });

  test('cost no more where many lines are bad', () => {
    const bytes = text('m f=x\n'.repeat(200_000));
    const start = performance.now();
    expect(readAll([bytes])).toHaveLength(200_000);
    expect(performance.now() - start).toBeLessThan(5000); // it took 17 s when lines were counted anew for each
  });
});

test('a reader that is reset knows nothing of what it read', () => {
  const reader = new LineReader({ maxLineBytes: 1024 });
  const errors: string[] = [];
  const take = (batch: LineBatch) => {
    for (let i = 0; i < batch.length; i++) errors.push(`${batch.error(i)?.line}`);
  };
  for (const before of ['m s="a\n\n', 'm,a', `${'x'.repeat(5000)}`, `m f=1\n# ${'x'.repeat(5000)}`, 'm f=1\n\n']) {
    reader.read(text(before), () => {});
    reader.reset();
    errors.length = 0;
    reader.read(text('m f=1\nm f=x\n'), take);
    reader.end(take);
    expect(errors, before.slice(0, 20)).toEqual(['undefined', '2']);
    expect(reader.takeOverlong()).toEqual([]);
    reader.reset();
  }
});

test('what the callback throws leaves a reader that reads on', () => {
  const reader = new LineReader();
  const twice = text('m f=1 1\nm f=2 2\nm f="cut');
  const fail = () => {
    throw new Error('a bug of the caller');
  };
  for (let i = 0; i < 3; i++) {
    expect(() => reader.read(twice, fail)).toThrow('a bug of the caller');
    const values: unknown[] = [];
    reader.read(text('m f=3 3\nm f=4 4\n'), (batch) => {
      for (let k = 0; k < batch.length; k++) values.push(batch.fieldValue(batch.firstField(k)).value);
    });
    expect(values).toEqual([3, 4]);
  }
  reader.read(text('m f=5'), fail);
  expect(() => reader.end(fail)).toThrow('a bug of the caller');
  expect(() => reader.end(fail)).not.toThrow();
});
