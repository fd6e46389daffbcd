import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ByteString, fromByteString } from '../../../shared/line-protocol/byte-string.ts';
import {
  formatFieldKey,
  formatMeasurement,
  formatPoint,
  formatString,
  formatTagKey,
  formatTagValue,
} from '../../../shared/line-protocol/format.ts';
import { PointBuffer } from '../../../shared/line-protocol/point-writer.ts';
import { readLines } from '../../support/reference-line-protocol.ts';
import { asReference, nastyText, writablePoint } from './points.ts';
import { upstreamName, upstreamString } from './upstream-names.ts';

test('what is written reads back as what was given', () => {
  fc.assert(
    fc.property(fc.array(writablePoint, { minLength: 1, maxLength: 3 }), (points) => {
      const text = points.map((point) => `${formatPoint(point)}\n`).join('');
      expect(readLines(Buffer.from(text, 'latin1'))).toEqual(points.map((point) => ({ point: asReference(point) })));
    }),
    { numRuns: 1000 },
  );
});

test('the point buffer writes the same bytes', () => {
  fc.assert(
    fc.property(writablePoint, (point) => {
      const points = new PointBuffer({ nowNs: () => 0n, onProblem: (problem) => expect.fail(problem.message) });
      points.measurement(fromByteString(point.measurement));
      for (const [key, value] of point.tags) points.tag(fromByteString(key), fromByteString(value));
      for (const [key, field] of point.fields) {
        const name = fromByteString(key);
        if (field.kind === 'string') points.string(name, fromByteString(field.value));
        else if (field.kind === 'boolean') points.boolean(name, field.value);
        else if (field.kind === 'float') points.float(name, field.value);
        else points[field.kind](name, field.value);
      }
      points.end(point.timeNs ?? 0n);
      const expected = formatPoint({ ...point, timeNs: point.timeNs ?? 0n });
      expect(Buffer.from(points.take()).toString('latin1')).toBe(`${expected}\n`);
    }),
    { numRuns: 500 },
  );
});

test('every name that is written is read alike by the rules of both parsers', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      const name = formatMeasurement(text);
      const tag = formatTagValue(text);
      const field = formatFieldKey(text);
      if (name !== undefined) {
        expect(upstreamName(`${name} f=1`, 'measurement')).toBe(text);
        expect(measurementRead(`${name} f=1`)).toBe(text);
      }
      if (tag !== undefined) {
        expect(formatTagKey(text)).toBe(tag);
        expect(upstreamName(`${tag},`, 'key')).toBe(text);
        expect(tagsRead(`m,${tag}=${tag} f=1`)).toEqual([[text, text]]);
      }
      if (field !== undefined) {
        expect(upstreamName(`${field}=1`, 'key')).toBe(text);
        expect(fieldKeyRead(`m ${field}=1`)).toBe(text);
      }
    }),
    { numRuns: 5000 },
  );
});

test('every string is written, and read alike by both parsers', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      const written = formatString(text) ?? '';
      expect(upstreamString(written)).toBe(text);
      const [line] = readLines(Buffer.from(`m f=${written}`, 'latin1'));
      expect(line).toMatchObject({ point: { fields: [{ value: text }] } });
    }),
    { numRuns: 1000 },
  );
});

test('nothing is refused that both parsers would read back, but for the rules that are stricter', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      if (isStricter(text)) return;
      const raw = text.replace(/[ ,=]/g, '\\$&');
      const alike = tagsRead(`m,${raw}=${raw} f=1`)?.[0]?.[1] === text && upstreamName(`${raw},`, 'key') === text;
      expect(formatTagValue(text as ByteString) !== undefined).toBe(alike);
    }),
    { numRuns: 3000 },
  );
});

/** Control bytes are refused by the upstream parser before it looks at anything else. */
function isStricter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
  return /[\x00-\x1f\x7f]/.test(text);
}

function pointRead(line: string) {
  const [read, ...others] = readLines(Buffer.from(line, 'latin1'));
  return read && 'point' in read && others.length === 0 ? read.point : undefined;
}

const measurementRead = (line: string) => pointRead(line)?.measurement;
const tagsRead = (line: string) => pointRead(line)?.tags;
const fieldKeyRead = (line: string) => pointRead(line)?.fields[0]?.key;
