import { type LineHead, lineHead } from '../../shared/collectd-lines/line-head.ts';
import { isNotification } from '../../shared/collectd-lines/line-notification.ts';
import { valueListHead } from '../../shared/collectd-lines/line-value-list.ts';
import { misfitOf } from '../../shared/collectd-lines/source-value.ts';
import type { TypesDb } from '../../shared/collectd-protocol/types-db.ts';
import type { DataSourceKind } from '../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import { unescapeKey } from '../../shared/line-protocol/escape.ts';
import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import { listKind, ownKind } from './field-kind.ts';
import type { FieldUse, HeadPlan, MappingOptions, Refusal } from './head-plan.ts';
import { sourcesOf } from './known-types.ts';
import { fieldInterval } from './line-interval.ts';
import { BAD_TIME, badValue, incomplete } from './list-refusals.ts';
import { type ListTarget, useOfSource } from './list-target.ts';
import { MetricPlan } from './metric-plan.ts';
import { NotificationPlan } from './notification-plan.ts';
import { PlanMemory, type RememberedPlan } from './plan-memory.ts';
import { TargetMaker } from './target-maker.ts';
import { ValueListPlan } from './value-list-plan.ts';

/** Where value lists and events go. */
export interface MappedSink {
  /** A list is complete: `target.fields` has the field of the batch for each data source. All fit their kinds. Gives why it cannot be taken. */
  list(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): Refusal | undefined;
  /** Line i is an event. */
  notification(plan: NotificationPlan, batch: LineBatch, i: number, timeNs: bigint): Refusal | undefined;
}

/** Told what does not become anything. */
export interface MappingEvents {
  malformed(batch: LineBatch, i: number): void;
  refused(refusal: Refusal): void;
  /** Fields that go nowhere: strings, and what the options leave out. */
  leftOutFields(n: number): void;
  leftOutTags(n: number): void;
  /** What a line has as its interval is none; it goes with that of the options, or without. */
  leftOutInterval(): void;
  /** A name was cut to what collectd takes. */
  shortened(target: ListTarget['identifier']): void;
  /** Heads were forgotten, as there are more than are remembered. */
  forgotten(heads: number): void;
}

/** Lines into value lists. What was found out about a head and its fields is remembered, so that a line like the last one only has its values read. */
export class LineMapping {
  #options: MappingOptions;
  readonly #sink: MappedSink;
  readonly #events: MappingEvents;
  #plans: PlanMemory;
  /** Counts lines, to tell of which one `target.fields` is. */
  #line = 0;
  /** The lists of the line under way: so many of the array, which is not made shorter, as it would be made anew for every line. */
  readonly #targets: ListTarget[] = [];
  #targetCount = 0;
  /** Field of the line under way that has the interval, or -1. */
  #intervalField = -1;
  /** Fields of the line under way whose type is not known. */
  readonly #unknown: number[] = [];
  #leftOut = 0;
  /** Where in the plan of the line under way its next field is expected. */
  #place = 0;
  /** What was told of the line under way. */
  readonly #refusals: Refusal[] = [];

  constructor(options: MappingOptions, sink: MappedSink, events: MappingEvents) {
    this.#options = options;
    this.#sink = sink;
    this.#events = events;
    this.#plans = this.#newMemory();
  }

  #newMemory(): PlanMemory {
    return new PlanMemory({
      maxSeries: this.#options.maxSeries,
      make: (batch, i) => this.#planOf(lineHead(batch, i)),
      forgotten: (heads) => this.#events.forgotten(heads),
    });
  }

  /** From the next line on other types are known: all that was found out is looked at anew. */
  useTypes(types: TypesDb): void {
    this.#options = { ...this.#options, types };
    this.#plans = this.#newMemory();
  }

  get rememberedHeads(): number {
    return this.#plans.size;
  }

  /** @param nowNs time of lines that have none */
  take(batch: LineBatch, nowNs: bigint): void {
    for (let i = 0; i < batch.length; i++) {
      if (batch.errorCode(i) !== undefined) this.#events.malformed(batch, i);
      else this.#takeLine(batch, i, batch.timeNs(i) ?? nowNs);
    }
  }

  #takeLine(batch: LineBatch, i: number, timeNs: bigint): void {
    const known = this.#plans.of(batch, i);
    if (timeNs <= 0n) return this.#events.refused(BAD_TIME);
    const { plan } = known;
    if (plan instanceof NotificationPlan) return this.#report(this.#sink.notification(plan, batch, i, timeNs));
    this.#line++;
    const first = batch.firstField(i);
    const count = batch.fieldCount(i);
    this.#place = 0;
    for (let f = first; f < first + count; f++) this.#takeField(known, batch, i, f, this.#useOf(known, batch, i, f));
    if (this.#unknown.length > 0) this.#takeUnknownType(known, batch, i);
    this.#refusals.length = 0;
    if (known.plan?.stays === false) known.plan = undefined;
    if (this.#leftOut > 0) this.#events.leftOutFields(this.#leftOut);
    this.#leftOut = 0;
    let interval = this.#intervalField < 0 ? known.interval : fieldInterval(batch, this.#intervalField);
    this.#intervalField = -1;
    if (Number.isNaN(interval)) {
      this.#events.leftOutInterval();
      interval = undefined;
    }
    const targets = this.#targetCount;
    this.#targetCount = 0;
    for (let k = 0; k < targets; k++) this.#send(this.#targets[k] as ListTarget, batch, timeNs, interval);
  }

  #planOf(head: LineHead): HeadPlan {
    const { rules, prefix, types } = this.#options;
    const maker = new TargetMaker(head, this.#options, (identifier) => this.#events.shortened(identifier));
    const matches = rules.matching(head);
    if (isNotification(head)) return new NotificationPlan(head, maker, matches);
    const metric = new MetricPlan(this.#options, maker, matches);
    const known = { get: (type: ByteString) => withSources(type, sourcesOf(types, type)) };
    const list = valueListHead(head, prefix, known);
    if (list === undefined) return metric;
    return new ValueListPlan(head, list, maker, matches, metric);
  }

  /** What field f of line i is for. */
  #useOf(known: RememberedPlan, batch: LineBatch, i: number, f: number): FieldUse {
    const { bytes, fields } = batch;
    const from = fields[f * 8] as number;
    const to = fields[f * 8 + 1] as number;
    const expected = known.keys[this.#place];
    if (expected !== undefined && expected.length === to - from) {
      let p = 0;
      while (p < expected.length && bytes[from + p] === expected.charCodeAt(p)) p++;
      if (p === expected.length) return known.uses[this.#place++] as FieldUse;
    }
    const key = bytes.latin1Slice(from, to);
    let place = known.placeOf(key);
    if (place < 0) place = this.#plans.addUse(known, key, this.#newUse(known, batch, i, unescapeKey(key)));
    this.#place = place + 1;
    return known.uses[place] as FieldUse;
  }

  #newUse(known: RememberedPlan, batch: LineBatch, i: number, field: ByteString): FieldUse {
    // a plan that is made again does not know the list of which other fields were seen
    for (const use of known.uses) {
      if (use.kind !== 'source' || use.target.kinds.length === 1) continue;
      const source = use.target.fieldNames.indexOf(field);
      if (source >= 0) return useOfSource(use.target, source);
    }
    return this.#planFor(known, batch, i).useOf(field);
  }

  #planFor(known: RememberedPlan, batch: LineBatch, i: number): HeadPlan {
    known.plan ??= this.#planOf(lineHead(batch, i));
    return known.plan;
  }

  #takeField(known: RememberedPlan, batch: LineBatch, i: number, f: number, use: FieldUse): void {
    switch (use.kind) {
      case 'source':
        if (batch.fieldKind(f) === 'string' && use.target.kinds.length === 1) this.#leftOut++;
        else this.#takeSource(use.target, use.source, f);
        return;
      case 'unmapped': {
        const kind = ownKind(batch, f);
        if (kind === undefined) {
          this.#leftOut++;
          return;
        }
        use[kind] ??= this.#planFor(known, batch, i).useOfKind?.(batch.fieldKey(f), kind) ?? { kind: 'left_out' };
        return this.#takeField(known, batch, i, f, use[kind]);
      }
      case 'interval':
        this.#intervalField = f;
        return;
      case 'unknown_type':
        this.#unknown.push(f);
        return;
      case 'left_out':
        this.#leftOut++;
        return;
      case 'refused':
        this.#refuseOnce(use.refusal);
    }
  }

  /** All fields of one list have the same refusal. */
  #refuseOnce(refusal: Refusal): void {
    if (this.#refusals.includes(refusal)) return;
    this.#refusals.push(refusal);
    this.#events.refused(refusal);
  }

  #takeSource(target: ListTarget, source: number, f: number): void {
    if (target.line !== this.#line) {
      target.line = this.#line;
      if (target.fields.length > 1) target.fields.fill(-1);
      this.#targets[this.#targetCount++] = target;
    }
    target.fields[source] = f;
  }

  #takeUnknownType(known: RememberedPlan, batch: LineBatch, i: number): void {
    const fields = this.#unknown.filter((f) => ownKind(batch, f) !== undefined);
    this.#leftOut += this.#unknown.length - fields.length;
    this.#unknown.length = 0;
    if (fields.length === 0) return;
    const keys = fields.map((f) => batch.fieldKey(f));
    const use = this.#planFor(known, batch, i).ofUnknownType?.(
      keys,
      fields.map((f) => listKind(batch, f)),
    );
    if (use?.kind !== 'source') return use && this.#takeField(known, batch, i, -1, use);
    for (const [source, name] of use.target.fieldNames.entries())
      this.#takeSource(use.target, source, fields[keys.indexOf(name)] as number);
  }

  #send(target: ListTarget, batch: LineBatch, timeNs: bigint, interval: number | undefined): void {
    const { kinds, fields } = target;
    for (let source = 0; source < kinds.length; source++) {
      const f = fields[source] as number;
      const kind = kinds[source] as DataSourceKind;
      if (f < 0) {
        if (kind !== 'gauge') return this.#events.refused(incomplete(target, source));
        continue;
      }
      const misfit = misfitOf(batch, f, kind);
      if (misfit !== undefined) return this.#events.refused(badValue(target, source, misfit));
    }
    if (target.leftOutTags > 0) this.#events.leftOutTags(target.leftOutTags);
    this.#report(this.#sink.list(target, batch, timeNs, interval));
  }

  #report(refusal: Refusal | undefined): void {
    if (refusal) this.#events.refused(refusal);
  }
}

function withSources<S>(type: ByteString, sources: S | undefined): { type: ByteString; sources: S } | undefined {
  return sources && { type, sources };
}
