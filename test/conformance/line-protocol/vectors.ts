import { readFileSync } from 'node:fs';
import type { ReadError, ReferencePoint } from '../../support/reference-line-protocol.ts';

export type Line = { point: ReferencePoint } | { error: ReadError };
type TheirLine = { point: ReferencePoint } | { error: { line: number; column: number } };

/** A row of `test/fixtures/line-protocol/vectors.json`; its README explains the columns. */
export interface Vector {
  number: number;
  group: string;
  input: string;
  internal: TheirLine[] | 'spins';
  upstream: TheirLine[] | 'same' | 'rejected';
  ours: Line[];
}

export function readVectors(): Vector[] {
  const file = new URL('../../fixtures/line-protocol/vectors.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Vector[];
}

export function pointsOf(lines: readonly (Line | TheirLine)[]): ReferencePoint[] {
  return lines.flatMap((line) => ('point' in line ? [line.point] : []));
}
