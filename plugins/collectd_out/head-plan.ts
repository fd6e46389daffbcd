import type { TypesDb } from '../../shared/collectd-protocol/types-db.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { ListTarget } from './list-target.ts';
import type { RuleTable } from './rule-table.ts';

/** How lines become value lists. */
export interface MappingOptions {
  /** In front of the plugin in measurements of the naming `crosslayer`. */
  readonly prefix: ByteString;
  /** The operator's entries, then the default ones. */
  readonly rules: RuleTable;
  readonly types: TypesDb;
  /** Host of lines that have none. */
  readonly hostname: ByteString;
  /** Tags that become meta data. */
  readonly metaTags: ReadonlySet<ByteString>;
  /** Fields of series that are remembered at least. */
  readonly maxSeries: number;
  /** What becomes of fields that no entry takes. */
  readonly unmapped: 'map' | 'drop';
}

/** Why something did not become a value list. Names of counters. */
export const REFUSALS = [
  /** A type that types.db lacks, with fields whose order is not known. */
  'unknown_type',
  /** An integer data source has no field. */
  'incomplete',
  /** A field is no value of its data source's kind without losing digits. */
  'bad_value',
  /** A part of the identifier is too long or missing. */
  'bad_identifier',
  /** Before 1970. */
  'bad_time',
  /** An event without a text. */
  'bad_message',
  /** The line would be longer than collectd reads. */
  'too_long',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

/** A field for which no entry names a type: its own kind decides. */
export interface UnmappedUse {
  readonly kind: 'unmapped';
  /** What it is for where it is of this kind, once that was asked. */
  gauge: FieldUse | undefined;
  derive: FieldUse | undefined;
}

/** What one field of a line is for. */
export type FieldUse =
  /** The value of a data source. */
  | { readonly kind: 'source'; readonly target: ListTarget; readonly source: number }
  | UnmappedUse
  /** One of a type that is not known: all fields of the line decide. */
  | { readonly kind: 'unknown_type' }
  /** How often the value comes, in seconds. */
  | { readonly kind: 'interval' }
  | { readonly kind: 'left_out' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What lines with one head become; made at the first of them. */
export interface HeadPlan {
  /** Seconds, of a tag; NaN where that is no interval. */
  readonly interval: number | undefined;
  /** Whether it must be kept for the next lines; otherwise it is made again for a field that is new. */
  readonly stays: boolean;
  /** What a field is for. Asked once for a head and field. */
  useOf(field: ByteString): FieldUse;
  /** What an unmapped field of this kind is for. Asked once for a head, field and kind. */
  useOfKind?(field: ByteString, kind: 'gauge' | 'derive'): FieldUse;
  /** The list of a line whose type is not known, by its fields in order. */
  ofUnknownType?(fields: readonly ByteString[], kinds: readonly DataSourceKind[]): FieldUse;
}
