/** The value below which the share `q` of the values lies; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A count with blanks between thousands, `1 247`. */
export function grouped(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Milliseconds as they are read best: `0.12 ms`, `35 ms`. */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;
}

/** A field of a line of statistics, e.g. `claims` of `internal_surrogate_context,alias=… claims=12i`; 0 when it is not there. */
export function fieldOf(line: string, field: string): number {
  const match = new RegExp(`[ ,]${field}=(-?[0-9.]+)`).exec(line);
  return match ? Number(match[1]) : 0;
}
