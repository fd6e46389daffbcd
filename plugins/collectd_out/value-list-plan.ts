import type { LineHead } from '../../shared/collectd-lines/line-head.ts';
import { orderOfUnknownType, type ValueListHead } from '../../shared/collectd-lines/line-value-list.ts';
import type { DataSource } from '../../shared/collectd-protocol/types-db.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldUse, HeadPlan } from './head-plan.ts';
import { typeWords } from './known-types.ts';
import { tagInterval } from './line-interval.ts';
import { shown } from './line-name.ts';
import { ListTarget, useOfSource } from './list-target.ts';
import type { RuleMatch } from './map-rules.ts';
import type { MetricPlan } from './metric-plan.ts';
import type { IdentifierParts, TargetMaker } from './target-maker.ts';

/** What values are called whose number is not that of their type. */
const INDEX = /^(?:value|[0-9]+)$/;
const INTERVAL = 'interval' as ByteString;
/** Shapes of one unknown type that are remembered: fields that come and go make few. */
const MAX_SHAPES = 16;

/** Lines that were made of value lists: they become these lists again, with the parts that an entry renames. */
export class ValueListPlan implements HeadPlan {
  readonly interval: number | undefined;
  readonly #list: ValueListHead;
  readonly #maker: TargetMaker;
  readonly #made: { readonly parts: IdentifierParts; readonly leftOutTags: number };
  readonly #isRenamed: boolean;
  #target: ListTarget | FieldUse | undefined;
  #otherCountUse: (FieldUse & { kind: 'refused' }) | undefined;
  /** What fields are for that are no data source. */
  readonly #otherFields: MetricPlan;
  readonly #shapes = new Map<string, ListTarget | FieldUse>();

  constructor(
    head: LineHead,
    list: ValueListHead,
    maker: TargetMaker,
    matches: readonly RuleMatch[],
    otherFields: MetricPlan,
  ) {
    this.#list = list;
    this.#maker = maker;
    this.#otherFields = otherFields;
    const interval = list.otherTags.includes(INTERVAL) ? head.tags.get(INTERVAL) : undefined;
    this.interval = interval === undefined ? undefined : tagInterval(interval);
    const { host, plugin, pluginInstance, type, typeInstance } = list.identifier;
    const own = { host, plugin, plugin_instance: pluginInstance, type, type_instance: typeInstance };
    const ownTags = [...head.tags.keys()].filter((key) => key === INTERVAL || !list.otherTags.includes(key));
    const renaming = matches.find(({ rule }) => !rule.takesFields);
    this.#isRenamed = renaming !== undefined;
    this.#made = maker.parts(renaming, own, ownTags, '' as ByteString, { type, type_instance: typeInstance });
  }

  /** The lists of an unknown type, by the fields of lines; and what was refused once for all fields. */
  get stays(): boolean {
    const isRefused = this.#target !== undefined && !(this.#target instanceof ListTarget);
    return (
      this.#list.sources === undefined || isRefused || this.#otherCountUse !== undefined || this.#otherFields.stays
    );
  }

  /** The list of a type that is known. */
  #knownTarget(sources: readonly DataSource[]): ListTarget | FieldUse {
    this.#target ??= this.#makeTarget(
      sources.map(({ kind }) => kind),
      sources.map(({ name }) => name),
    );
    return this.#target;
  }

  #makeTarget(kinds: readonly DataSourceKind[], names: readonly ByteString[]): ListTarget | FieldUse {
    return this.#maker.target(this.#made, kinds, names, this.#isRenamed);
  }

  useOf(field: ByteString): FieldUse {
    const { sources, naming } = this.#list;
    const source = sources?.findIndex(({ name }) => name === field) ?? -1;
    if (sources !== undefined && source >= 0) return useOfSource(this.#knownTarget(sources), source);
    if (field === INTERVAL) return { kind: 'interval' };
    if (sources === undefined) return { kind: 'unknown_type' };
    if (naming !== 'crosslayer') return this.#otherFields.useOf(field);
    return INDEX.test(field) ? this.#otherCount(sources.length) : { kind: 'left_out' };
  }

  useOfKind(field: ByteString, kind: 'gauge' | 'derive'): FieldUse {
    return this.#otherFields.useOfKind(field, kind);
  }

  /** Values that the sender's types.db has and ours has not are called by their index, and collectd drops them. */
  #otherCount(count: number): FieldUse {
    if (this.#otherCountUse !== undefined) return this.#otherCountUse;
    const { type } = this.#list.identifier;
    const use = this.#maker.refused('unknown_type', `${typeWords(type, count)}, and its sender knew another number`);
    this.#otherCountUse = use;
    return use;
  }

  ofUnknownType(fields: readonly ByteString[], kinds: readonly DataSourceKind[]): FieldUse {
    const shape = `${fields} ${kinds}`;
    let target = this.#shapes.get(shape);
    if (target === undefined) {
      const order = orderOfUnknownType(fields);
      const { type } = this.#list.identifier;
      target =
        order === undefined
          ? this.#maker.refused(
              'unknown_type',
              `type ${shown(type)} is in no types.db, so the order of its values is not known`,
            )
          : this.#makeTarget(
              order.map((at) => kinds[at] as DataSourceKind),
              order.map((at) => fields[at] as ByteString),
            );
      if (this.#shapes.size < MAX_SHAPES) this.#shapes.set(shape, target);
    }
    return useOfSource(target, 0);
  }
}
