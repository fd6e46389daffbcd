import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import { FIELD_KINDS, type LineBatch } from '../../shared/line-protocol/line-reader.ts';

const FLOAT = FIELD_KINDS.indexOf('float');
const INTEGER = FIELD_KINDS.indexOf('integer');
const UNSIGNED = FIELD_KINDS.indexOf('unsigned');
const BOOLEAN = FIELD_KINDS.indexOf('boolean');

/** A field's kind where nothing else says it: integers are derives, all other numbers gauges. */
export function ownKind(batch: LineBatch, f: number): 'gauge' | 'derive' | undefined {
  switch (batch.fields[f * 8 + 2]) {
    case FLOAT:
    case BOOLEAN:
      return 'gauge';
    case INTEGER:
    case UNSIGNED:
      return 'derive';
    default:
      return undefined;
  }
}

/** The kind that a field of the naming `crosslayer` was made of. */
export function listKind(batch: LineBatch, f: number): DataSourceKind {
  return batch.fields[f * 8 + 2] === UNSIGNED ? 'counter' : (ownKind(batch, f) as 'gauge' | 'derive');
}
