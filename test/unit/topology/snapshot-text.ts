import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { EntityKind } from '../../../shared/topology/kinds.ts';
import { readSnapshot, type Snapshot } from '../../../shared/topology/snapshot.ts';
import { SnapshotKernels } from '../../../shared/topology/snapshot-kernel.ts';

type Time = number | null;

export interface Entity {
  readonly kind: EntityKind;
  readonly id: string;
  readonly fromMs: Time;
  readonly toMs: Time;
  readonly attrs: Record<string, unknown>;
}

export interface Link {
  readonly key: string;
  readonly kind: EntityKind;
  readonly id: string;
  readonly fromMs: Time;
  readonly toMs: Time;
}

export function entity(kind: EntityKind, id: string, attrs = {}, fromMs: Time = null, toMs: Time = null): Entity {
  return { kind, id, fromMs, toMs, attrs };
}

export function link(key: string, kind: EntityKind, id: string, fromMs: Time = null, toMs: Time = null): Link {
  return { key, kind, id, fromMs, toMs };
}

/** A snapshot as an agent writes it. */
export function snapshotText(entities: readonly Entity[], links: readonly Link[], header: object = {}): string {
  const sources = { libvirt: { state: 'live', syncMs: 1_000_000, changeMs: 1_000_000, error: null } };
  const base = { format: 'topology-snapshot/1', node: 'node-1', run: 'r1', seq: 1, takenMs: 1_000_000, sources };
  return `${JSON.stringify({ ...base, ...header, entities, links })}\n`;
}

/** Reads a snapshot from its text; `slices` tells how many there were. */
export function readText(text: string | Buffer, node = 'node-1', current?: Snapshot): Snapshot & { slices: number } {
  const bytes = Buffer.from(text);
  const kernel = new SnapshotKernels().take();
  const room = kernel.room(bytes.length + 1);
  bytes.copy(room);
  room[bytes.length] = 0;
  const work = readSnapshot(kernel, bytes.length, node, current);
  for (let slices = 1; ; slices++) {
    const { done, value } = work.next();
    if (done) return { ...value, slices };
  }
}

export const bytes = (text: string): ByteString => toByteString(text);
