import type { LineBatch } from '../../shared/line-protocol/line-reader.ts';
import type { FieldUse, HeadPlan } from './head-plan.ts';

/** Field uses that are remembered at least; with their identifiers they take about 1 KB each. */
const MAX_USES = 32_768;
/** Fields that are remembered of one head: more than the lines of one series have. */
const MAX_FIELDS = 4096;

/** A head's plan with what was asked of it. */
export class RememberedPlan {
  readonly plan: HeadPlan;
  /** Measurement and tags as they stand in the line. */
  readonly head: Buffer;
  /** The plan of the line that came behind one of this plan the last time. */
  next: RememberedPlan | undefined;
  /** By the key as it stands in the line. */
  readonly uses = new Map<string, FieldUse>();
  /** The keys of the last line and what they are for: those of the next are mostly the same, in the same order. */
  readonly lastKeys: string[] = [];
  readonly lastUses: FieldUse[] = [];

  constructor(head: string, plan: HeadPlan) {
    this.plan = plan;
    this.head = Buffer.from(head, 'latin1');
  }
}

/**
 * The plans of the heads that were seen last, in two generations: what was used since the younger one began is in it; when it is full the older one is
 * forgotten. Before all, the plan is tried that came behind the last line's the last time: lines mostly come in the same order again and again.
 */
export class PlanMemory {
  readonly #make: (batch: LineBatch, i: number) => HeadPlan;
  readonly #forgotten: (plans: number) => void;
  #young = new Map<string, RememberedPlan>();
  #old = new Map<string, RememberedPlan>();
  #youngUses = 0;
  #last: RememberedPlan | undefined;

  /**
   * @param make a plan for a head that is not remembered
   * @param forgotten told how many plans are gone
   */
  constructor(make: (batch: LineBatch, i: number) => HeadPlan, forgotten: (plans: number) => void) {
    this.#make = make;
    this.#forgotten = forgotten;
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
      plan = new RememberedPlan(head, this.#make(batch, i));
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
    this.#grew(1 + plan.uses.size);
  }

  /** Remembers what a field is for. */
  addUse(plan: RememberedPlan, key: string, use: FieldUse): void {
    if (plan.uses.size >= MAX_FIELDS) plan.uses.clear();
    plan.uses.set(key, use);
    this.#grew(1);
  }

  #grew(by: number): void {
    this.#youngUses += by;
    if (this.#youngUses < MAX_USES) return;
    if (this.#old.size > 0) this.#forgotten(this.#old.size);
    // who is forgotten must not be held by who came before
    for (const plan of this.#young.values()) plan.next = undefined;
    this.#last = undefined;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngUses = 0;
  }
}
