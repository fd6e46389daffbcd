import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';

/** A field's kind where nothing else says it: integers are derives, all other numbers gauges. */
export function ownKind(batch: LineBatch, f: number): 'gauge' | 'derive' | undefined {
  switch (batch.fieldKind(f)) {
    case 'float':
    case 'boolean':
      return 'gauge';
    case 'integer':
    case 'unsigned':
      return 'derive';
    default:
      return undefined;
  }
}

/** The kind that a field of the naming `crosslayer` was made of. */
export function listKind(batch: LineBatch, f: number): DataSourceKind {
  return batch.fieldKind(f) === 'unsigned' ? 'counter' : (ownKind(batch, f) as 'gauge' | 'derive');
}
