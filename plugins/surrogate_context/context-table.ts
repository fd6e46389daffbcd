import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import { type ContextValues, firstOf, NO_CONTEXT } from './context-values.ts';
import type { ContextKey } from './tag-names.ts';

/** The context of the lines whose tags have certain values. */
export interface ContextEntry {
  /** Tag key to the values of which it must have one. All must hold; an empty map holds for every line. */
  readonly match: ReadonlyMap<string, readonly ByteString[]>;
  readonly values: ContextValues;
}

/** Contexts with the same set of tags to match, found by the values of these tags. */
interface Shape {
  readonly tags: readonly string[];
  readonly entryOf: Map<string, number>;
}

/**
 * The contexts of a context file. The first entry that matches a line decides alone; what it does not say comes from the
 * values common to all lines. Looking up costs one step per set of tags that is matched, however many entries there are.
 */
export class ContextTable {
  /** Keys of all tags that some entry matches. */
  readonly matchTags: readonly string[];
  /** Context that this table can give to some line. */
  readonly keys: ReadonlySet<ContextKey>;
  readonly size: number;
  readonly #values: readonly ContextValues[];
  readonly #common: ContextValues;
  readonly #shapes: readonly Shape[];

  constructor(common: ContextValues, entries: readonly ContextEntry[]) {
    const shapes = new Map<string, Shape>();
    entries.forEach(({ match }, index) => {
      const tags = [...match.keys()].sort();
      const id = joined(tags);
      const shape = shapes.get(id) ?? { tags, entryOf: new Map() };
      shapes.set(id, shape);
      for (const values of combinations(tags.map((tag) => match.get(tag) ?? []))) {
        const key = joined(values);
        if (!shape.entryOf.has(key)) shape.entryOf.set(key, index);
      }
    });
    this.#common = common;
    this.#values = entries.map(({ values }) => firstOf(values, common));
    this.#shapes = [...shapes.values()];
    this.matchTags = [...new Set(entries.flatMap(({ match }) => [...match.keys()]))];
    this.keys = new Set([common, ...this.#values].flatMap(({ tags }) => [...tags.keys()]));
    this.size = entries.length;
  }

  /** The context of a line, by what `tagOf` says of its tags. */
  select(tagOf: (tag: string) => ByteString | undefined): ContextValues {
    return this.#values[this.indexOf(tagOf)] ?? this.#common;
  }

  /** Which entry decides, from 0; Infinity when none matches. */
  indexOf(tagOf: (tag: string) => ByteString | undefined): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { tags, entryOf } of this.#shapes) {
      const values = tags.map(tagOf);
      if (values.every((value) => value !== undefined)) first = Math.min(first, entryOf.get(joined(values)) ?? first);
    }
    return first;
  }
}

/** A table without any context. */
export const EMPTY_TABLE = new ContextTable(NO_CONTEXT, []);

/** Texts as one, told apart whatever is in them. */
function joined(texts: readonly string[]): string {
  return texts.map((text) => `${text.length}:${text}`).join('');
}

function combinations(choices: readonly (readonly string[])[]): string[][] {
  return choices.reduce<string[][]>(
    (heads, tails) => heads.flatMap((head) => tails.map((tail) => [...head, tail])),
    [[]],
  );
}
