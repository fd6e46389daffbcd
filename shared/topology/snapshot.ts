import { sameNode } from './node-name.ts';
import { SnapshotError } from './snapshot-header.ts';
import type { SnapshotKernel } from './snapshot-kernel.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { TopologyIndex } from './topology-index.ts';

/** So much is compared before the stream gets its turn: memory is read at some GB a second. */
const COMPARED_BYTES = 1024 * 1024;

/** A snapshot in use. */
export interface Snapshot {
  readonly index: TopologyIndex;
  /** Holds the text and the rows, from which the index answers. */
  readonly kernel: SnapshotKernel;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/**
 * Reads a snapshot and decides whether it may replace the one in use. A generator: what stands between two yields is a slice,
 * so that the caller can let the stream go on in between.
 * @param kernel in whose room the text stands.
 * @param size of the text.
 * @throws {SnapshotError} when it is corrupt, of another node (`foreign`), or older than `current`.
 */
export function* readSnapshot(
  kernel: SnapshotKernel,
  size: number,
  node: string,
  current?: Snapshot,
): Generator<void, Snapshot> {
  const reader = new SnapshotReader(kernel, size);
  while (!reader.step()) yield;
  const { header, rows, bodyStart, bodyEnd } = reader;
  if (!sameNode(header.node, node)) {
    throw new SnapshotError('foreign', `It is of node ${JSON.stringify(header.node)}, not of ${JSON.stringify(node)}`);
  }
  const before = current?.index.header;
  if (before && before.run === header.run && header.seq < before.seq) {
    throw new SnapshotError('older', `Its seq ${header.seq} is lower than ${before.seq}, which is in use`);
  }
  return { index: new TopologyIndex(header, rows), kernel, bodyStart, bodyEnd };
}

/** Whether two snapshots say the same about the node; only time and number differ. In slices, as above. */
export function* sameContent(a: Snapshot, b: Snapshot): Generator<void, boolean> {
  const length = a.bodyEnd - a.bodyStart;
  if (length !== b.bodyEnd - b.bodyStart || a.index.header.node !== b.index.header.node) return false;
  const text = a.kernel.bytes;
  for (let at = 0; at < length; at += COMPARED_BYTES) {
    const end = Math.min(length, at + COMPARED_BYTES);
    const same = text.compare(b.kernel.bytes, b.bodyStart + at, b.bodyStart + end, a.bodyStart + at, a.bodyStart + end);
    if (same !== 0) return false;
    yield;
  }
  return true;
}
