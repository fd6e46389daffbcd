/** What a lookup gave. `grace`: the owner is gone, but not for long, and nobody else came. */
export type LookupStatus = 'hit' | 'grace' | 'miss' | 'ambiguous';

/** From when to when something was so. Intervals are half open: `toMs` is no longer part of it. */
export interface Version {
  readonly row: number;
  /** Who owned the key in this time; entities have versions of one and the same owner. */
  readonly owner: string;
  /** Undefined: since before anyone looked, which reaches back to the end of the previous version. */
  readonly fromMs: number | undefined;
  readonly toMs: number;
}

/** Which versions count at a moment, and from when to when the answer is this one. */
export interface VersionAnswer {
  readonly status: LookupStatus;
  /** In the order of the document. More than one only where the owner is the same. */
  readonly rows: readonly number[];
  /** The moment to ask further hops about: the one asked about, or in grace the last one of the version. */
  readonly asOfMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The answer for something of which there never was a version. */
export const NO_VERSION: VersionAnswer = {
  status: 'miss',
  rows: [],
  asOfMs: 0,
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
};

/**
 * Finds what counts at a moment. A newer owner never gets what belongs to an older one, nor the reverse: grace ends where
 * another version begins.
 * @param lastStartMs when the newest version of anything else that could own the key began; grace needs it to be earlier than
 *   the end of the version.
 */
export function versionAt(
  versions: readonly Version[],
  timeMs: number,
  graceMs: number,
  lastStartMs: number = Number.NEGATIVE_INFINITY,
): VersionAnswer {
  if (versions.length === 0) return NO_VERSION;
  let fromMs = Number.NEGATIVE_INFINITY;
  let toMs = Number.POSITIVE_INFINITY;
  const boundary = (moment: number) => {
    if (moment <= timeMs) fromMs = Math.max(fromMs, moment);
    else toMs = Math.min(toMs, moment);
  };
  const valid: Version[] = [];
  let lastEndMs = Number.NEGATIVE_INFINITY;
  let newestStartMs = lastStartMs;
  for (const version of versions) {
    const startMs = version.fromMs ?? endBefore(versions, version);
    boundary(startMs);
    boundary(version.toMs);
    newestStartMs = Math.max(newestStartMs, startMs);
    lastEndMs = Math.max(lastEndMs, version.toMs);
    if (startMs <= timeMs && timeMs < version.toMs) valid.push(version);
  }
  const graceEndMs = lastEndMs + graceMs;
  boundary(graceEndMs);
  if (valid.length > 0) {
    const status = oneOwner(valid) ? 'hit' : 'ambiguous';
    return {
      status,
      rows: valid.map(({ row }) => row),
      asOfMs: timeMs,
      fromMs,
      toMs,
    };
  }
  if (lastEndMs <= timeMs && timeMs < graceEndMs && newestStartMs < lastEndMs) {
    const last = versions.filter((version) => version.toMs === lastEndMs);
    if (oneOwner(last))
      return {
        status: 'grace',
        rows: last.map(({ row }) => row),
        asOfMs: lastEndMs - 1,
        fromMs,
        toMs,
      };
  }
  return { status: 'miss', rows: [], asOfMs: timeMs, fromMs, toMs };
}

/** When the newest of the versions began. */
export function newestStart(versions: readonly Version[]): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const version of versions) newest = Math.max(newest, version.fromMs ?? endBefore(versions, version));
  return newest;
}

/** Where a version of unknown beginning begins: at the end of the one before it. */
function endBefore(versions: readonly Version[], version: Version): number {
  let end = Number.NEGATIVE_INFINITY;
  for (const other of versions) if (other.toMs < version.toMs) end = Math.max(end, other.toMs);
  return end;
}

function oneOwner(versions: readonly Version[]): boolean {
  return versions.every(({ owner }) => owner === versions[0]?.owner);
}
