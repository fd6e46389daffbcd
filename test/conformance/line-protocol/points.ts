import fc from 'fast-check';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import {
  formatFieldKey,
  formatMeasurement,
  formatTagKey,
  formatTagValue,
  type Point,
} from '../../../shared/line-protocol/format.ts';
import type { FieldValue } from '../../../shared/line-protocol/line-view.ts';
import type { ReferencePoint } from '../../support/reference-line-protocol.ts';

const unit = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'abmn01 ,="\\#\\') },
  { weight: 1, arbitrary: fc.constantFrom(...['\n', '\r', '\t', '\0', '\x7f', '\v', 'é', '😀', '\u0085', '\ufeff']) },
);

/** Text that a writer has to think about. */
export const nastyText: fc.Arbitrary<ByteString> = fc.string({ unit, maxLength: 12 }).map((text) => toByteString(text));

const writable = (format: (text: ByteString) => string | undefined) =>
  nastyText.filter((text) => format(text) !== undefined);

const fieldValue: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): FieldValue => ({ kind: 'float', value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): FieldValue => ({ kind: 'integer', value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): FieldValue => ({ kind: 'unsigned', value })),
  fc.boolean().map((value): FieldValue => ({ kind: 'boolean', value })),
  nastyText.map((value): FieldValue => ({ kind: 'string', value })),
);

const byKey = { selector: ([key]: readonly [ByteString, unknown]) => key };

/** Points that can be written. */
export const writablePoint: fc.Arbitrary<Point> = fc.record({
  measurement: writable(formatMeasurement),
  tags: fc.uniqueArray(fc.tuple(writable(formatTagKey), writable(formatTagValue)), { ...byKey, maxLength: 4 }),
  fields: fc.uniqueArray(fc.tuple(writable(formatFieldKey), fieldValue), { ...byKey, minLength: 1, maxLength: 4 }),
  timeNs: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
});

/** The point as `readLines` of the reference would give it. */
export function asReference({ measurement, tags, fields, timeNs }: Point): ReferencePoint {
  const text = ({ value }: FieldValue) => (Object.is(value, -0) ? '-0' : String(value));
  return {
    measurement,
    tags: tags.map(([key, value]): [string, string] => [key, value]).sort(([a], [b]) => (a < b ? -1 : 1)),
    fields: fields.map(([key, field]) => ({ key, kind: field.kind, value: text(field) })),
    time: timeNs === undefined ? null : String(timeNs),
  };
}
