import type { Identifier } from '../../shared/collectd-protocol/identifier.ts';
import type { MetaData } from '../../shared/collectd-protocol/notification.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldUse } from './head-plan.ts';

/** What the values of one identifier need at every line, made once. */
export class ListTarget {
  readonly identifier: Identifier;
  /** Of the data sources, in their order. */
  readonly kinds: readonly DataSourceKind[];
  /** Names of the fields, for messages. */
  readonly fieldNames: readonly ByteString[];
  readonly meta: readonly MetaData[];
  /** Tags of the line that go nowhere. */
  readonly leftOutTags: number;
  /** Of the line under way: the field for each data source, -1 where it has none. */
  readonly fields: number[];
  /** The line for which `fields` was filled last. */
  line = -1;
  /** What the text doors keep: the line up to the interval. */
  prefix: Uint8Array | undefined = undefined;

  constructor(
    identifier: Identifier,
    kinds: readonly DataSourceKind[],
    fieldNames: readonly ByteString[],
    meta: readonly MetaData[],
    leftOutTags: number,
  ) {
    this.identifier = identifier;
    this.kinds = kinds;
    this.fieldNames = fieldNames;
    this.meta = meta;
    this.leftOutTags = leftOutTags;
    this.fields = new Array<number>(kinds.length).fill(-1);
  }
}

/** @param target the list, or why there is none */
export function useOfSource(target: ListTarget | FieldUse, source: number): FieldUse {
  return target instanceof ListTarget ? { kind: 'source', target, source } : target;
}
