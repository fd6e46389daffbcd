import type { DataSource } from '../../shared/collectd-protocol/types-db.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldUse, HeadPlan, MappingOptions } from './head-plan.ts';
import { sourcesOf, typeWords } from './known-types.ts';
import { shown } from './line-name.ts';
import { ListTarget, useOfSource } from './list-target.ts';
import type { MapRule, RuleMatch } from './map-rules.ts';
import type { TargetMaker } from './target-maker.ts';

const EMPTY = '' as ByteString;

/** Metrics of Telegraf and others: entries say which fields are the values of which list, all other fields are lists of their own. */
export class MetricPlan implements HeadPlan {
  readonly interval = undefined;
  readonly #options: MappingOptions;
  readonly #maker: TargetMaker;
  readonly #matches: readonly RuleMatch[];
  /** A list that was refused: for all of its fields it is this one. */
  stays = false;
  /** What was made for the fields of one list. */
  readonly #lists = new Map<MapRule, Map<ByteString, FieldUse>>();

  constructor(options: MappingOptions, maker: TargetMaker, matches: readonly RuleMatch[]) {
    this.#options = options;
    this.#maker = maker;
    this.#matches = matches;
  }

  useOf(field: ByteString): FieldUse {
    const match = this.#matchFor(field);
    if (match === undefined) {
      if (this.#options.unmapped === 'drop') return { kind: 'left_out' };
      return this.#single(this.#renaming(), field);
    }
    return (match.rule.fields?.length ?? 0) > 1 ? this.#several(match, field) : this.#single(match, field);
  }

  useOfKind(field: ByteString, kind: 'gauge' | 'derive'): FieldUse {
    return this.#make(this.#matchFor(field) ?? this.#renaming(), field, kind);
  }

  /** The entry that names the parts of lists for fields that no entry takes. */
  #renaming(): RuleMatch | undefined {
    return this.#matches.find(({ rule }) => !rule.takesFields);
  }

  /** The first entry that takes the field. One that needs several counts only when it gets them all. */
  #matchFor(field: ByteString): RuleMatch | undefined {
    const first = (wanted: ByteString) => this.#matches.find(({ rule }) => rule.takes(wanted));
    return this.#matches.find(
      (match) => match.rule.takes(field) && (match.rule.fields?.every((other) => first(other) === match) ?? true),
    );
  }

  /** The use of a field that is one value of a list. */
  #several(match: RuleMatch, field: ByteString): FieldUse {
    const fields = match.rule.fields as readonly ByteString[];
    let uses = this.#lists.get(match.rule);
    if (uses === undefined) {
      const made = this.#maker.parts(match, undefined, [], fields[0] as ByteString, NO_DEFAULTS);
      const { type } = made.parts;
      const sources = sourcesOf(this.#options.types, type);
      const kinds = sources?.map(({ kind }) => kind);
      const list =
        kinds?.length === fields.length
          ? this.#maker.target(made, kinds, fields, true)
          : this.#maker.refused(
              'unknown_type',
              `it needs a type of ${fields.length} values, and ${typeWords(type, sources?.length)}`,
            );
      this.stays ||= !(list instanceof ListTarget);
      uses = new Map(fields.map((name, source) => [name, useOfSource(list, source)]));
      this.#lists.set(match.rule, uses);
    }
    return uses.get(field) as FieldUse;
  }

  /** The use of a field that is a list of its own. Without a type it is a gauge or derive, by its kind. */
  #single(match: RuleMatch | undefined, field: ByteString): FieldUse {
    if (match?.rule.parts.type === undefined) return { kind: 'unmapped', gauge: undefined, derive: undefined };
    return this.#make(match, field, undefined);
  }

  #make(match: RuleMatch | undefined, field: ByteString, kind: DataSourceKind | undefined): FieldUse {
    // fields of a glob would else be one list
    const isNamed = match?.rule.fields !== undefined && kind === undefined;
    const defaults = { type: (kind ?? '') as ByteString, type_instance: isNamed ? EMPTY : field };
    const made = this.#maker.parts(match, undefined, [], field, defaults);
    const sources = sourcesOf(this.#options.types, made.parts.type);
    if (sources?.length !== 1)
      return this.#maker.refused(
        'unknown_type',
        `field ${shown(field)} needs a type of one value, and ${typeWords(made.parts.type, sources?.length)}`,
      );
    const { kind: only } = sources[0] as DataSource;
    return useOfSource(this.#maker.target(made, SINGLE_KINDS[only], [field], true), 0);
  }
}

/** One array for all lists of one value. */
const SINGLE_KINDS: Readonly<Record<DataSourceKind, readonly DataSourceKind[]>> = {
  gauge: ['gauge'],
  derive: ['derive'],
  counter: ['counter'],
  absolute: ['absolute'],
};

const NO_DEFAULTS = { type: EMPTY, type_instance: EMPTY };
