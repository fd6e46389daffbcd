/** The format that we read; the README of topology_tagger describes it. */
export const SNAPSHOT_FORMAT = 'topology-snapshot/1';

/** Why a snapshot is not used. */
export type SnapshotFault = 'missing' | 'unreadable' | 'too_large' | 'corrupt' | 'format' | 'foreign' | 'older';

/** A snapshot that cannot be used. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly fault: SnapshotFault;

  constructor(fault: SnapshotFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** How a source of the writer (libvirt, openstack, …) does. */
export interface SourceState {
  /** `live`, `stale`, … in the writer's words. */
  readonly state: string;
  readonly syncMs: number | undefined;
}

/** What a snapshot says about itself. */
export interface SnapshotHeader {
  readonly node: string;
  /** Random name of this run of the writer; `seq` only compares within a run. */
  readonly run: string;
  readonly seq: number;
  readonly takenMs: number | undefined;
  readonly sources: ReadonlyMap<string, SourceState>;
}

/** @throws {SnapshotError} */
export function readHeader(members: Readonly<Record<string, unknown>>): SnapshotHeader {
  const { format, node, run, seq, takenMs, sources } = members;
  if (format !== SNAPSHOT_FORMAT) {
    throw new SnapshotError(
      'format',
      `Its format is ${format === undefined ? 'not named' : JSON.stringify(format)}, not "${SNAPSHOT_FORMAT}"`,
    );
  }
  if (typeof node !== 'string' || node === '') throw new SnapshotError('corrupt', 'It names no node');
  if (typeof run !== 'string') throw new SnapshotError('corrupt', 'It names no run');
  if (typeof seq !== 'number') throw new SnapshotError('corrupt', 'It has no seq');
  return {
    node,
    run,
    seq,
    takenMs: typeof takenMs === 'number' ? takenMs : undefined,
    sources: readSources(sources),
  };
}

/** A writer has a handful of sources; more would fill our statistics. */
const MAX_SOURCES = 32;

function readSources(value: unknown): Map<string, SourceState> {
  const sources = new Map<string, SourceState>();
  if (typeof value !== 'object' || value === null) return sources;
  for (const [name, source] of Object.entries(value).slice(0, MAX_SOURCES)) {
    if (typeof source !== 'object' || source === null) continue;
    const { state, syncMs } = source as { state?: unknown; syncMs?: unknown };
    sources.set(name, {
      state: typeof state === 'string' ? state : 'unknown',
      syncMs: typeof syncMs === 'number' ? syncMs : undefined,
    });
  }
  return sources;
}
