import type { Identifier } from './identifier.ts';

/** The kinds of data sources, by their number on the wire. */
export const DATA_SOURCE_KINDS = ['counter', 'gauge', 'derive', 'absolute'] as const;

/** `counter` and `absolute` are unsigned, `derive` is signed, 64 bit each; `gauge` is a double, where NaN says "unknown". */
export type DataSourceKind = (typeof DATA_SOURCE_KINDS)[number];

/** One value with its kind. */
export type Value =
  | { readonly kind: 'gauge'; readonly value: number }
  | { readonly kind: 'counter' | 'derive' | 'absolute'; readonly value: bigint };

/** What a plugin of collectd dispatches: the values of one identifier at one time. */
export interface ValueList extends Identifier {
  /** cdtime: 2^-30 s since 1970; see `cdtime.ts`. */
  readonly time: bigint;
  /** cdtime; 0 where it is not known. */
  readonly interval: bigint;
  /** In the order of the type's data sources. */
  readonly values: readonly Value[];
}
