import type { Attribute } from './attributes.ts';
import { cleanValue } from './clean-value.ts';
import type { StaticTable } from './static-table.ts';
import type { TopologyIndex } from './topology-index.ts';

/** So many rows are looked at before the stream gets its turn: to read the attributes of one costs some microseconds. */
const SLICE_ROWS = 250;

/** The values that an attribute may have; no entry: any. */
export type ValueLimits = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which values may be used so that none of the attributes has more than `maxValues` different ones: those that come first, in the
 * static table and then in the snapshot. Counted in what lives now, not in what was ever seen, so that the answer
 * depends on the files alone. In slices: the caller lets the stream go on at every yield.
 */
export function* valueLimits(
  attributes: readonly Attribute[],
  maxValues: number,
  index: TopologyIndex | undefined,
  table: StaticTable | undefined,
): Generator<void, ValueLimits> {
  const open = new Map<string, { attribute: Attribute; values: Set<string>; full: boolean }>();
  for (const attribute of attributes) {
    if (mostValues(attribute, index, table) > maxValues)
      open.set(attribute.name, { attribute, values: new Set(), full: false });
  }
  if (open.size === 0) return new Map();
  const add = (name: string, text: string | undefined) => {
    const counted = open.get(name);
    const value = text === undefined ? '' : cleanValue(text).value;
    if (counted === undefined || value === '' || counted.values.has(value)) return;
    if (counted.values.size < maxValues) counted.values.add(value);
    else counted.full = true;
  };
  for (const row of table?.rows() ?? []) for (const [name, value] of row.values) add(name, value);
  for (let row = 0; index && row < index.versions; row++) {
    if (row % SLICE_ROWS === 0) yield;
    if (!index.isEntity(row)) continue;
    const kind = index.kindOf(row);
    const wanted = [...open.values()].filter(({ attribute, full }) => !full && attribute.kinds.includes(kind));
    if (wanted.length === 0) continue;
    const entity = { kind, id: index.idOf(row), attributes: index.attributesOf(row) };
    for (const { attribute } of wanted) add(attribute.name, attribute.valueOf(entity));
  }
  return new Map([...open].filter(([, { full }]) => full).map(([name, { values }]) => [name, values]));
}

/** No attribute can have more values than there are versions of what has it. */
function mostValues(attribute: Attribute, index: TopologyIndex | undefined, table: StaticTable | undefined): number {
  return attribute.kinds.reduce((sum, kind) => sum + (index?.countOf(kind) ?? 0), table?.size ?? 0);
}
