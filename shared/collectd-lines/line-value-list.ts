/**
 * Lines that were made of value lists, recognised: the inverse of the namings `crosslayer` and `telegraf_join`.
 */
import type { Identifier } from '../collectd-protocol/identifier.ts';
import type { DataSource, TypesDb } from '../collectd-protocol/types-db.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import type { LineHead } from './line-head.ts';

/** The name of a value list as a line has it. */
export interface ValueListHead {
  /** `crosslayer`: everything in the line is known to come from collectd. `telegraf_join`: it looks so, as the tag `type` has a type of types.db. */
  readonly naming: 'crosslayer' | 'telegraf_join';
  /** The host is empty where the line has none. */
  readonly identifier: Identifier;
  /** The data sources in their order; undefined for a type that types.db does not have. */
  readonly sources: readonly DataSource[] | undefined;
  /** Keys of the tags that are no part of it. */
  readonly otherTags: readonly ByteString[];
}

const EMPTY = '' as ByteString;

const tag = {
  host: 'host' as ByteString,
  instance: 'instance' as ByteString,
  pluginInstance: 'plugin_instance' as ByteString,
  type: 'type' as ByteString,
  typeInstance: 'type_instance' as ByteString,
} as const;

/** @param prefix what stands in front of the plugin in the measurement of a `crosslayer` line; may be empty */
export function valueListHead(
  { measurement, tags }: LineHead,
  prefix: ByteString,
  types: Pick<TypesDb, 'get'>,
): ValueListHead | undefined {
  const type = tags.get(tag.type);
  if (type === undefined) return undefined;
  const sources = types.get(type)?.sources;
  const hasPrefix = measurement.startsWith(prefix) && measurement.length > prefix.length;
  const isOurs = hasPrefix && (prefix !== '' || tags.has(tag.pluginInstance) || !tags.has(tag.instance));
  const naming = isOurs && (prefix !== '' || sources !== undefined) ? 'crosslayer' : 'telegraf_join';
  if (naming === 'telegraf_join' && sources === undefined) return undefined;
  const instance = naming === 'crosslayer' ? tag.pluginInstance : tag.instance;
  const own: readonly ByteString[] = [tag.host, instance, tag.type, tag.typeInstance];
  return {
    naming,
    identifier: {
      host: tags.get(tag.host) ?? EMPTY,
      plugin: naming === 'crosslayer' ? (measurement.slice(prefix.length) as ByteString) : measurement,
      pluginInstance: tags.get(instance) ?? EMPTY,
      type,
      typeInstance: tags.get(tag.typeInstance) ?? EMPTY,
    },
    sources,
    otherTags: [...tags.keys()].filter((key) => !own.includes(key)),
  };
}

/**
 * The order of the fields of a line whose type is not known: one field `value`, or fields called 0, 1, 2 …, as data sources are named without a
 * types.db. Undefined when it cannot be told, also when one in the middle is missing.
 *
 * @returns for each data source the place of its field in `keys`
 */
export function orderOfUnknownType(keys: readonly ByteString[]): number[] | undefined {
  if (keys.length === 1 && keys[0] === 'value') return [0];
  const order = keys.map((_, source) => keys.indexOf(String(source) as ByteString));
  return order.includes(-1) ? undefined : order;
}
