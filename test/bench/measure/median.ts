/** Middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** Value below which the share `p` of the values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** Runs every item once a round, in turn, so that a change of the machine's load meets all alike. Medians by name. */
export function interleaved<T extends { name: string }>(
  items: readonly T[],
  rounds: number,
  measure: (item: T) => number,
): Map<string, number> {
  const results = new Map<string, number[]>(items.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const item of items) results.get(item.name)?.push(measure(item));
  }
  return new Map([...results].map(([name, values]) => [name, median(values)]));
}

/** What two of `interleaved`'s medians are to each other; undefined when one is missing. */
export function ratio(
  medians: ReadonlyMap<string, number> | undefined,
  dividend: string,
  divisor: string,
): number | undefined {
  const [a, b] = [medians?.get(dividend), medians?.get(divisor)];
  return a === undefined || b === undefined ? undefined : a / b;
}

/** Medians as text, in seconds. */
export function seconds(medians: ReadonlyMap<string, number>): string {
  return `${[...medians].map(([name, value]) => `${name} ${value.toFixed(3)}`).join(', ')} s`;
}
