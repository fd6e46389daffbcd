import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { FieldUse, HeadPlan } from './head-plan.ts';

/** Fields that are remembered of one head: more than the lines of one series have. */
const MAX_FIELDS = 4096;
/** Of so many keys the place of one is not looked for one by one. */
const MANY_KEYS = 16;
/** Different keys of which there is one string for all heads. */
const MAX_KEYS = 4096;
const NONE: readonly never[] = [];

/** What was found out about the lines of one head. It is kept small: there are many. */
export class RememberedPlan {
  /** Measurement and tags as they stand in the line. */
  readonly head: Buffer;
  /** Undefined between the lines, unless it must stay: it is larger than what it found out, and made again for a field that is new. */
  plan: HeadPlan | undefined;
  readonly interval: number | undefined;
  /** The plan of the line that came behind one of this plan the last time. */
  next: RememberedPlan | undefined = undefined;
  /** Keys of fields as they stand in the line, in the order in which they came first, and what they are for. */
  keys: readonly string[] = NONE;
  uses: readonly FieldUse[] = NONE;
  #places: Map<string, number> | undefined = undefined;

  constructor(head: string, plan: HeadPlan) {
    this.plan = plan;
    this.interval = plan.interval;
    this.head = Buffer.from(head, 'latin1');
  }

  /** The place of a key, or -1. */
  placeOf(key: string): number {
    if (this.keys.length <= MANY_KEYS) return this.keys.indexOf(key);
    this.#places ??= new Map(this.keys.map((known, place) => [known, place]));
    return this.#places.get(key) ?? -1;
  }

  /** Adds a key, and gives its place. */
  add(key: string, use: FieldUse): number {
    if (this.keys.length >= MAX_FIELDS) this.#forgetFields();
    if (this.keys.length < MANY_KEYS) {
      // concat makes arrays of just this size; those that grow have room for a dozen more
      this.keys = this.keys.concat(key);
      this.uses = this.uses.concat(use);
    } else {
      (this.keys as string[]).push(key);
      (this.uses as FieldUse[]).push(use);
    }
    this.#places?.set(key, this.keys.length - 1);
    return this.keys.length - 1;
  }

  /** A list of several fields stays: it must not be made anew while a line has given it some of them. */
  #forgetFields(): void {
    const places = [...this.uses.keys()].filter((place) => isOfMany(this.uses[place] as FieldUse));
    const kept = places.length < MAX_FIELDS ? places : [];
    this.keys = kept.map((place) => this.keys[place] as string);
    this.uses = kept.map((place) => this.uses[place] as FieldUse);
    this.#places = undefined;
  }
}

function isOfMany(use: FieldUse): boolean {
  return use.kind === 'source' && use.target.kinds.length > 1;
}

export interface PlanMemoryOptions {
  /** Fields that are remembered at least, of all heads; twice as many at most. */
  readonly maxSeries: number;
  /** Makes the plan for a head that is not remembered. */
  readonly make: (batch: LineBatch, i: number) => HeadPlan;
  /** Told how many heads are gone. */
  readonly forgotten: (heads: number) => void;
}

/**
 * The plans of the heads that were seen last, in two generations: what was used since the younger one began is in it; when it is full the older one is
 * forgotten. Before all, the plan is tried that came behind the last line's the last time: lines mostly come in the same order again and again.
 */
export class PlanMemory {
  readonly #options: PlanMemoryOptions;
  #young = new Map<string, RememberedPlan>();
  #old = new Map<string, RememberedPlan>();
  #youngSeries = 0;
  #last: RememberedPlan | undefined;
  readonly #keys = new Map<string, string>();

  constructor(options: PlanMemoryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The plan for line i. */
  of(batch: LineBatch, i: number): RememberedPlan {
    const guess = this.#last?.next;
    if (guess !== undefined && batch.headIs(i, guess.head)) {
      this.#last = guess;
      return guess;
    }
    const head = batch.head(i);
    let plan = this.#get(head);
    if (plan === undefined) {
      plan = new RememberedPlan(head, this.#options.make(batch, i));
      this.#set(head, plan);
    }
    if (this.#last !== undefined) this.#last.next = plan;
    this.#last = plan;
    return plan;
  }

  #get(head: string): RememberedPlan | undefined {
    const known = this.#young.get(head);
    if (known !== undefined) return known;
    const old = this.#old.get(head);
    if (old === undefined) return undefined;
    this.#old.delete(head);
    this.#set(head, old);
    return old;
  }

  #set(head: string, plan: RememberedPlan): void {
    this.#young.set(head, plan);
    this.#grew(Math.max(1, plan.uses.length));
  }

  /** Remembers what a field is for, and gives its place in the plan. */
  addUse(plan: RememberedPlan, key: string, use: FieldUse): number {
    // a head counts as its first field
    if (plan.uses.length > 0) this.#grew(1);
    return plan.add(this.#sameKey(key), use);
  }

  /** The keys of many heads are the same: one string for all. */
  #sameKey(key: string): string {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    this.#keys.set(key, key);
    return key;
  }

  #grew(by: number): void {
    this.#youngSeries += by;
    if (this.#youngSeries <= this.#options.maxSeries) return;
    if (this.#old.size > 0) this.#options.forgotten(this.#old.size);
    // who is forgotten must not be held by who came before
    for (const plan of this.#young.values()) plan.next = undefined;
    this.#last = undefined;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSeries = 0;
  }
}
