import { type ParsedLine, type Point, parse } from '../../../shared/line-protocol/index.ts';
import { lastFields, lastTags, type ReferencePoint } from '../../support/reference-line-protocol.ts';
import { asReference } from './points.ts';
import type { Line } from './vectors.ts';

/** What the exported parser makes of the bytes, in the words of the vectors. */
export function readPublic(bytes: Uint8Array): Line[] {
  return parse(bytes).map(asLine);
}

export function asLine({ point, error }: ParsedLine): Line {
  if (point) return { point: withoutRepetitions(point) };
  return { error: { code: error.code, line: error.line, column: error.column } };
}

/** Of several tags or fields with one key the last counts; the parser gives all, as they stand in the line. */
function withoutRepetitions(point: Point): ReferencePoint {
  const { measurement, fields, time } = asReference(point);
  const tags = point.tags.map(([key, value]) => ({ key, value }));
  return { measurement, tags: lastTags(tags), fields: lastFields(fields), time };
}
