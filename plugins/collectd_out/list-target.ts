import type { Identifier } from '../../shared/collectd-protocol/identifier.ts';
import type { MetaData } from '../../shared/collectd-protocol/notification.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';

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
  readonly fields: Int32Array;
  /** The line for which `fields` was filled last. */
  line = -1;
  /** What the text doors keep: the line up to the interval. */
  prefix: Buffer | undefined;

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
    this.fields = new Int32Array(kinds.length).fill(-1);
  }
}
