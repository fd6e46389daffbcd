import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import type { EntityKind, KeyKind } from './kinds.ts';
import { sameNode } from './node-name.ts';
import type { Attributes, TopologyIndex } from './topology-index.ts';
import { type LookupStatus, newestStart, type Version, type VersionAnswer, versionAt } from './versions.ts';

/** What a line can be recognised by. Names are normal: ids and MAC addresses in lower case. */
export interface TopologyKey {
  readonly kind: KeyKind;
  readonly name: ByteString;
}

/** Something that a key led to. */
export interface FoundEntity {
  readonly kind: EntityKind;
  readonly id: ByteString;
  readonly attributes: Attributes;
}

/** Where a key leads to at a moment, and from when to when it is so. */
export interface Resolution {
  readonly status: LookupStatus;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most one of each kind. Empty unless the status is hit or grace. */
  readonly entities: ReadonlyMap<EntityKind, FoundEntity>;
}

/** What each kind can lead to, itself included. Other links are not followed. */
const LEADS_TO: Readonly<Record<EntityKind, readonly EntityKind[]>> = {
  netdev: ['netdev', 'port', 'vm', 'network', 'bridge', 'container', 'pod', 'node', 'place'],
  port: ['port', 'vm', 'network', 'bridge', 'container', 'pod', 'node', 'place'],
  vm: ['vm', 'node', 'place'],
  container: ['container', 'pod', 'vm', 'node', 'place'],
  pod: ['pod', 'vm', 'node', 'place'],
  network: ['network'],
  bridge: ['bridge'],
  node: ['node', 'place'],
  place: ['place'],
};

/** Owners of an interface: a new one of any of these ends the grace of the others. */
const OWNERS: readonly EntityKind[] = ['port', 'vm', 'container', 'pod'];

/** Where a key leads to at a moment. `wanted` are the kinds that matter: others are neither followed nor can they be ambiguous. */
export function resolve(
  index: TopologyIndex,
  key: TopologyKey,
  timeMs: number,
  graceMs: number,
  wanted: ReadonlySet<EntityKind>,
  note?: (text: string) => void,
): Resolution {
  return new Walk(index, timeMs, graceMs, wanted, note).from(key);
}

/** An entity whose attributes are read when they are asked for: of most only the id is wanted. */
class ReachedEntity implements FoundEntity {
  readonly kind: EntityKind;
  readonly id: ByteString;
  readonly #index: TopologyIndex;
  readonly #rows: readonly number[];
  #attributes: Attributes | undefined;

  constructor(index: TopologyIndex, kind: EntityKind, id: ByteString, rows: readonly number[]) {
    this.#index = index;
    this.kind = kind;
    this.id = id;
    this.#rows = rows;
  }

  get attributes(): Attributes {
    this.#attributes ??= this.#read();
    return this.#attributes;
  }

  #read(): Attributes {
    const [first] = this.#rows as [number];
    if (this.#rows.length === 1) return this.#index.attributesOf(first);
    // entries for one time come from different sources: what an earlier one says counts
    return Object.assign(Object.create(null), ...this.#rows.map((row) => this.#index.attributesOf(row)).reverse());
  }
}

class Walk {
  readonly #index: TopologyIndex;
  readonly #timeMs: number;
  readonly #graceMs: number;
  readonly #wanted: ReadonlySet<EntityKind>;
  readonly #note: ((text: string) => void) | undefined;
  readonly #entities = new Map<EntityKind, FoundEntity>();
  readonly #waiting: { key: ByteString; asOfMs: number }[] = [];
  #fromMs = Number.NEGATIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;
  #ambiguous = false;
  #nodeIsElsewhere = false;

  constructor(
    index: TopologyIndex,
    timeMs: number,
    graceMs: number,
    wanted: ReadonlySet<EntityKind>,
    note: ((text: string) => void) | undefined,
  ) {
    this.#index = index;
    this.#timeMs = timeMs;
    this.#graceMs = graceMs;
    this.#wanted = wanted;
    this.#note = note;
  }

  from(key: TopologyKey): Resolution {
    const status = this.#firstHop(key);
    if (status !== 'hit' && status !== 'grace') return this.#result(status);
    this.#followAll();
    if (!this.#entities.has('node') && !this.#nodeIsElsewhere && this.#matters('node') && key.kind !== 'node') {
      // the snapshot is of one node: what it knows and does not place elsewhere is on this one
      this.#enter('node', this.#index.node, this.#timeMs);
      this.#followAll();
    }
    return this.#result(this.#ambiguous ? 'ambiguous' : status);
  }

  #result(status: LookupStatus): Resolution {
    const entities = status === 'hit' || status === 'grace' ? this.#entities : new Map<EntityKind, FoundEntity>();
    return { status, fromMs: this.#fromMs, toMs: this.#toMs, entities };
  }

  #firstHop(key: TopologyKey): LookupStatus {
    const { node } = this.#index;
    switch (key.kind) {
      case 'if':
        return this.#interface(`${node}/${key.name}` as ByteString);
      case 'dom':
        return this.#linksOf(`dom:${node}/${key.name}` as ByteString);
      case 'mac':
        return better(this.#linksOf(`mac:${key.name}` as ByteString), () =>
          this.#entity('port', `mac:${key.name}` as ByteString),
        );
      case 'node':
        return this.#entity('node', sameNode(fromByteString(key.name), this.#index.header.node) ? node : key.name);
      default:
        return this.#entity(key.kind, key.name);
    }
  }

  #interface(id: ByteString): LookupStatus {
    const status = this.#linksOf(`if:${id}` as ByteString);
    if (status === 'miss') return this.#entity('netdev', id);
    if (this.#wanted.has('netdev')) this.#enter('netdev', id, this.#timeMs);
    return status;
  }

  /** The first hop from a key that is no entity itself. */
  #linksOf(key: ByteString): LookupStatus {
    return this.#hop(key, this.#timeMs, this.#graceMs);
  }

  /** The first hop to an entity that the line names itself. What only links know is there as long as they are. */
  #entity(kind: EntityKind, id: ByteString): LookupStatus {
    if (!this.#matters(kind)) return 'miss';
    const versions = this.#index.versionsOf(kind, id);
    if (versions.length === 0) {
      const status = this.#hop(`${kind}:${id}` as ByteString, this.#timeMs, this.#graceMs);
      if (status === 'hit' || status === 'grace') this.#entities.set(kind, { kind, id, attributes: {} });
      return status;
    }
    const answer = this.#at(versions, this.#timeMs, this.#graceMs);
    this.#explain(`${kind}:${fromByteString(id)}`, kind, versions, answer);
    if (answer.rows.length > 0 && answer.status !== 'ambiguous') this.#reach(kind, answer);
    return answer.status;
  }

  #followAll(): void {
    for (let next = this.#waiting.shift(); next && !this.#ambiguous; next = this.#waiting.shift())
      this.#hop(next.key, next.asOfMs, 0);
  }

  /** Follows the links from a key. The status is that of the best of them. */
  #hop(key: ByteString, asOfMs: number, graceMs: number): LookupStatus {
    let status: LookupStatus = 'miss';
    const links = this.#index.linksFrom(key);
    for (const [kind, versions] of links) {
      if (!this.#matters(kind) || this.#entities.has(kind)) continue;
      const answer = this.#at(versions, asOfMs, graceMs, graceMs > 0 ? lastOwnerStart(links, kind) : undefined);
      this.#explain(fromByteString(key), kind, versions, answer);
      if (answer.status === 'ambiguous') {
        this.#ambiguous = true;
        return 'ambiguous';
      }
      const [row] = answer.rows;
      if (row !== undefined && this.#enter(kind, this.#index.idOf(row), answer.asOfMs))
        status = best(status, answer.status);
      else if (kind === 'node') this.#nodeIsElsewhere = true;
    }
    return status;
  }

  /** Takes in what a link leads to, if it is there at that moment. */
  #enter(kind: EntityKind, id: ByteString, asOfMs: number): boolean {
    const versions = this.#index.versionsOf(kind, id);
    if (versions.length === 0) {
      this.#entities.set(kind, { kind, id, attributes: {} });
      this.#waiting.push({ key: `${kind}:${id}` as ByteString, asOfMs });
      return true;
    }
    const answer = this.#at(versions, asOfMs, 0);
    if (answer.status !== 'hit') {
      this.#note?.(`${kind} ${fromByteString(id)} is not there at that time${intervals(versions)}`);
      return false;
    }
    this.#reach(kind, answer);
    return true;
  }

  #reach(kind: EntityKind, answer: VersionAnswer): void {
    const [row] = answer.rows as [number];
    const id = this.#index.idOf(row);
    this.#entities.set(kind, new ReachedEntity(this.#index, kind, id, answer.rows));
    this.#waiting.push({
      key: `${kind}:${id}` as ByteString,
      asOfMs: answer.asOfMs,
    });
  }

  /** Asks the versions, and narrows the times for which the whole answer is good. */
  #at(versions: readonly Version[], asOfMs: number, graceMs: number, lastStartMs?: number): VersionAnswer {
    const answer = versionAt(versions, asOfMs, graceMs, lastStartMs);
    if (asOfMs === this.#timeMs) {
      this.#fromMs = Math.max(this.#fromMs, answer.fromMs);
      this.#toMs = Math.min(this.#toMs, answer.toMs);
    }
    return answer;
  }

  #matters(kind: EntityKind): boolean {
    return LEADS_TO[kind].some((reached) => this.#wanted.has(reached));
  }

  #explain(key: string, kind: EntityKind, versions: readonly Version[], answer: VersionAnswer): void {
    if (this.#note === undefined) return;
    const [row] = answer.rows;
    const target =
      row === undefined
        ? `no ${kind}`
        : answer.status === 'ambiguous'
          ? `several of kind ${kind}`
          : `${kind} ${fromByteString(this.#index.idOf(row))}`;
    this.#note(`${key} -> ${target}: ${answer.status}${intervals(versions)}`);
  }
}

/** When the newest owner of another kind came. */
function lastOwnerStart(links: ReadonlyMap<EntityKind, readonly Version[]>, kind: EntityKind): number {
  let last = Number.NEGATIVE_INFINITY;
  if (!OWNERS.includes(kind)) return last;
  for (const [other, versions] of links) {
    if (other !== kind && OWNERS.includes(other)) last = Math.max(last, newestStart(versions));
  }
  return last;
}

function better(status: LookupStatus, otherwise: () => LookupStatus): LookupStatus {
  return status === 'miss' ? otherwise() : status;
}

function best(a: LookupStatus, b: LookupStatus): LookupStatus {
  return a === 'hit' || b === 'hit' ? 'hit' : a === 'miss' ? b : a;
}

function intervals(versions: readonly Version[]): string {
  const shown = versions
    .slice(0, 4)
    .map(({ fromMs, toMs }) => `[${moment(fromMs, 'unknown')}, ${moment(toMs, 'open')})`);
  return ` ${shown.join(' ')}${versions.length > shown.length ? ` and ${versions.length - shown.length} more` : ''}`;
}

function moment(ms: number | undefined, otherwise: string): string {
  if (ms === undefined || !Number.isFinite(ms)) return otherwise;
  return Math.abs(ms) > 8.64e15 ? String(ms) : new Date(ms).toISOString();
}
