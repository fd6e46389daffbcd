import { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
import type { Attribute } from './attributes.ts';
import type { EntityKind } from './kinds.ts';
import type { FoundEntity } from './resolve.ts';
import type { StaticRow, StaticTable } from './static-table.ts';

type KindWithId = 'vm' | 'container' | 'pod' | 'port' | 'network';

/** What an interface belongs to. What is said about one of them is not about another that the snapshot knows. */
const OWNERS: readonly KindWithId[] = ['vm', 'container', 'pod'];

/** The kinds of which the snapshot speaks alone about the attribute, once it knows one. */
function spokenForBy({ kinds }: Attribute): readonly KindWithId[] {
  if (kinds.some((kind) => (OWNERS as readonly EntityKind[]).includes(kind))) return OWNERS;
  return kinds.filter((kind) => kind === 'port' || kind === 'network');
}

/** What is known about the owner of a line, from the snapshot and the static table together. */
export class Placement {
  readonly #entities: ReadonlyMap<EntityKind, FoundEntity>;
  readonly #row: StaticRow | undefined;
  readonly #table: StaticTable | undefined;
  readonly #node: ByteString;

  /**
   * @param entities what the snapshot knows.
   * @param row what the static table says about the same key.
   * @param node where things are of which nothing else is said.
   */
  constructor(
    entities: ReadonlyMap<EntityKind, FoundEntity>,
    row: StaticRow | undefined,
    table: StaticTable | undefined,
    node: ByteString,
  ) {
    this.#entities = entities;
    this.#row = row;
    this.#table = table;
    this.#node = node;
  }

  /**
   * What is known under this name. The snapshot comes first, as it follows what happens; only the location is the operator's to
   * say. About one owner only one source speaks, unless both name the same id: two halves would make a third.
   */
  valueOf(attribute: Attribute): string | undefined {
    if (attribute.name === 'location') return this.#ofTable(attribute) ?? this.#ofSnapshot(attribute);
    return (
      this.#ofSnapshot(attribute) ?? (this.#isTaken(attribute) ? this.#ofSameId(attribute) : this.#ofTable(attribute))
    );
  }

  #ofSnapshot(attribute: Attribute): string | undefined {
    for (const kind of attribute.kinds) {
      const entity = this.#entities.get(kind);
      const value = entity && attribute.valueOf(entity);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Whether the snapshot knows an owner of the kind that the attribute is about. */
  #isTaken(attribute: Attribute): boolean {
    return spokenForBy(attribute).some((kind) => this.#entities.has(kind));
  }

  #ofSameId(attribute: Attribute): string | undefined {
    for (const kind of spokenForBy(attribute)) {
      const id = this.#entities.get(kind)?.id;
      if (id === undefined) continue;
      const row = kind === 'network' ? undefined : this.#table?.row(kind, id);
      const value = row?.values.get(attribute.name);
      if (value !== undefined) return value;
      if (this.#row?.values.get(`${kind}_id`) === fromByteString(id)) return this.#row.values.get(attribute.name);
    }
    return undefined;
  }

  #ofTable(attribute: Attribute): string | undefined {
    return this.#row?.values.get(attribute.name) ?? this.#ofRowsNamed(attribute) ?? this.#ofHost(attribute);
  }

  /** What the table says about the VM, port, container or pod that the row names. */
  #ofRowsNamed(attribute: Attribute): string | undefined {
    for (const kind of ['vm', 'port', 'container', 'pod'] as const) {
      const id = this.#row?.values.get(`${kind}_id`);
      const value = id === undefined ? undefined : this.#table?.row(kind, toByteString(id))?.values.get(attribute.name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** What the table says about the host on which all this is. */
  #ofHost(attribute: Attribute): string | undefined {
    if (!attribute.kinds.includes('node') && !attribute.kinds.includes('place')) return undefined;
    const own = this.#row?.kind === 'node' ? this.#row.name : this.#node;
    const named = this.#row?.values.get('server') ?? this.#row?.values.get('node');
    const host = this.#entities.get('node')?.id ?? (named === undefined ? own : toByteString(named));
    const value = this.#table?.row('node', host)?.values.get(attribute.name);
    if (value !== undefined) return value;
    return attribute.kinds[0] === 'node' ? attribute.valueOf({ kind: 'node', id: host, attributes: {} }) : undefined;
  }
}
