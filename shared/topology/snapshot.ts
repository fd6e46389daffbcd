import { sameNode } from './node-name.ts';
import { SnapshotError } from './snapshot-header.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { TopologyIndex } from './topology-index.ts';

/** So much is compared before the stream gets its turn: memory is read at some GB a second. */
const COMPARED_BYTES = 4 * 1024 * 1024;

/** A snapshot in use: its index, and its bytes, of which the index reads names and attributes. */
export interface Snapshot {
  readonly index: TopologyIndex;
  readonly text: Buffer;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/**
 * Reads a snapshot and decides whether it may replace the one in use. A generator: what stands between two yields is a slice,
 * so that the caller can let the stream go on in between.
 * @param text the file with one byte 0 behind it.
 * @throws {SnapshotError} when it is corrupt, of another node (`foreign`), or older than `current`.
 */
export function* readSnapshot(text: Buffer, node: string, current?: Snapshot): Generator<void, Snapshot> {
  const reader = new SnapshotReader(text);
  while (!reader.step()) yield;
  const { header, rows, bodyStart, bodyEnd } = reader;
  if (!sameNode(header.node, node)) {
    throw new SnapshotError('foreign', `It is of node ${JSON.stringify(header.node)}, not of ${JSON.stringify(node)}`);
  }
  const before = current?.index.header;
  if (before && before.run === header.run && header.seq < before.seq) {
    throw new SnapshotError('older', `Its seq ${header.seq} is lower than ${before.seq}, which is in use`);
  }
  return { index: new TopologyIndex(header, rows), text, bodyStart, bodyEnd };
}

/** Whether two snapshots say the same about the node; only time and number differ. In slices, as above. */
export function* sameContent(a: Snapshot, b: Snapshot): Generator<void, boolean> {
  const length = a.bodyEnd - a.bodyStart;
  if (length !== b.bodyEnd - b.bodyStart || a.index.header.node !== b.index.header.node) return false;
  for (let at = 0; at < length; at += COMPARED_BYTES) {
    const end = Math.min(length, at + COMPARED_BYTES);
    if (a.text.compare(b.text, b.bodyStart + at, b.bodyStart + end, a.bodyStart + at, a.bodyStart + end) !== 0)
      return false;
    yield;
  }
  return true;
}
