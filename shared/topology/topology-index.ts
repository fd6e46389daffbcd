import { type ByteString, toByteString } from '../line-protocol/byte-string.ts';
import type { EntityKind } from './kinds.ts';
import type { SnapshotHeader } from './snapshot-header.ts';
import type { TopologyRows } from './topology-rows.ts';
import type { Version } from './versions.ts';

/** Attributes of an entity. Numbers and booleans became texts. */
export type Attributes = Readonly<Record<string, string>>;

/** A snapshot that was read: versions by key. Never changes; a newer snapshot is another index. */
export class TopologyIndex {
  readonly header: SnapshotHeader;
  /** The node's name as keys carry it. */
  readonly node: ByteString;
  readonly #rows: TopologyRows;

  constructor(header: SnapshotHeader, rows: TopologyRows) {
    this.header = header;
    this.node = toByteString(header.node);
    this.#rows = rows;
  }

  /** The same index under another header, for a snapshot with nothing new in it. */
  withHeader(header: SnapshotHeader): TopologyIndex {
    return new TopologyIndex(header, this.#rows);
  }

  /** How many versions of entities and links there are. */
  get versions(): number {
    return this.#rows.length;
  }

  /** The links from a key, by the kind of what they lead to. */
  linksFrom(key: ByteString): Map<EntityKind, Version[]> {
    const byKind = new Map<EntityKind, Version[]>();
    for (const row of this.#rows.links(key)) {
      const kind = this.#rows.kindOf(row);
      const version = this.#version(row, this.#rows.idOf(row));
      const versions = byKind.get(kind);
      if (versions) versions.push(version);
      else byKind.set(kind, [version]);
    }
    return byKind;
  }

  versionsOf(kind: EntityKind, id: ByteString): Version[] {
    return this.#rows
      .entities(kind, id)
      .map((row) => this.#version(row, kind === 'container' ? this.#rows.idOf(row) : ''));
  }

  /** The id of an entity, or of what a link leads to. */
  idOf(row: number): ByteString {
    return this.#rows.idOf(row);
  }

  attributesOf(row: number): Attributes {
    const json = this.#rows.attrsOf(row);
    const attributes: Record<string, string> = Object.create(null);
    if (json === undefined) return attributes;
    for (const [name, value] of Object.entries(JSON.parse(json) as Record<string, unknown>)) {
      if (typeof value === 'string') attributes[name] = value;
      else if (typeof value === 'number' || typeof value === 'boolean') attributes[name] = String(value);
    }
    return attributes;
  }

  countOf(kind: EntityKind): number {
    return this.#rows.countOf(kind);
  }

  /** Whether the row is of an entity, not of a link. Rows are numbered from 0, in the order of the document. */
  isEntity(row: number): boolean {
    return this.#rows.isEntity(row);
  }

  kindOf(row: number): EntityKind {
    return this.#rows.kindOf(row);
  }

  #version(row: number, owner: string): Version {
    return {
      row,
      owner,
      fromMs: this.#rows.fromMs(row),
      toMs: this.#rows.toMs(row),
    };
  }
}
