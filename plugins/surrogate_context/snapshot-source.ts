import { hostname } from 'node:os';
import { type ByteString, fromByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView } from '../../shared/line-protocol/line-view.ts';
import type { ProcessorContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import { type Attribute, attributeOf } from '../../shared/topology/attributes.ts';
import type { FileReaders } from '../../shared/topology/file-readers.ts';
import { LineKeys } from '../../shared/topology/line-keys.ts';
import { type LookedUp, type Lookup, Topology } from '../../shared/topology/topology.ts';
import type { LookupStatus } from '../../shared/topology/versions.ts';
import { type ContextValues, fieldText, NO_CONTEXT } from './context-values.ts';
import type { Options } from './schema.ts';
import { CONTEXT_KEYS, type ContextKey, LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/** Whether files have changed is asked this often. */
const POLL_MS = 1000;
const STATUSES: readonly LookupStatus[] = ['hit', 'grace', 'miss', 'ambiguous'];

/** What the snapshot knows of the VM or container that a line is about, as far as the configuration names it. */
export class SnapshotSource {
  /** The tags that it can set. */
  readonly tagKeys: readonly ContextKey[];
  readonly #wanted: readonly (readonly [key: ContextKey | LocationKey, attribute: Attribute])[];
  readonly #topology: Topology;
  readonly #keys: LineKeys;
  readonly #results: ReadonlyMap<LookupStatus, Counter>;
  readonly #cleaned: Counter;
  readonly #overLimit: Counter;

  constructor(path: string, options: Options, context: ProcessorContext, readers: FileReaders) {
    const { stats } = context;
    this.#wanted = [...CONTEXT_KEYS, ...LOCATION_KEYS].flatMap((key) => {
      const attribute = attributeOf(options.snapshot_keys[key] ?? '');
      return attribute === undefined ? [] : [[key, attribute] as const];
    });
    this.tagKeys = CONTEXT_KEYS.filter((key) => this.#wanted.some(([wanted]) => wanted === key));
    const node = options.node ?? hostname();
    const topology = new Topology(
      {
        snapshot: path,
        static: undefined,
        node,
        graceMs: options.grace,
        pollMs: POLL_MS,
        maxSnapshotBytes: options.max_snapshot_bytes,
        maxValues: options.max_values,
        attributes: this.#wanted.map(([, attribute]) => attribute),
      },
      context,
      readers,
    );
    this.#topology = topology;
    this.#keys = new LineKeys(context.names, options.key, {
      node,
      isBridge: (name) => topology.isBridge(name),
      get knowsHosts() {
        return topology.knowsHosts;
      },
    });
    this.#results = new Map(STATUSES.map((status) => [status, stats.counter(`topology_lookups_${status}`)]));
    this.#cleaned = stats.counter('cleaned_values');
    this.#overLimit = stats.counter('topology_values_over_limit');
  }

  /** To be asked before the line is changed: it tells the line for which times the answer holds. */
  of(line: LineView): ContextValues {
    let lookup: Lookup | undefined;
    let timeMs: number | undefined;
    let fromMs = Number.NEGATIVE_INFINITY;
    let toMs = Number.POSITIVE_INFINITY;
    this.#keys.find(line, (key) => {
      timeMs ??= line.timeMs;
      lookup = this.#topology.lookup(key, timeMs);
      fromMs = Math.max(fromMs, lookup.fromMs);
      toMs = Math.min(toMs, lookup.toMs);
      return lookup.status !== 'miss';
    });
    if (lookup === undefined) return NO_CONTEXT;
    line.holds(fromMs, toMs);
    const counter = this.#results.get(lookup.status);
    if (counter) line.count(counter);
    return this.#values(line, lookup);
  }

  /** How the snapshot came to its answer about the line. */
  explain(line: LineView): string[] {
    const said: string[] = [];
    const { timeMs } = line;
    this.#keys.find(line, ({ kind, name }, from) => {
      said.push(`${from}: key ${kind} ${JSON.stringify(fromByteString(name))} at ${new Date(timeMs).toISOString()}`);
      const { status } = this.#topology.explain({ kind, name }, timeMs, (text) => said.push(`  ${text}`));
      said.push(`  ${status}`);
      return status !== 'miss';
    });
    return said.length > 0 ? said : ['no tag or field of this line is an identity that the snapshot could know'];
  }

  stop(): void {
    this.#topology.stop();
  }

  #values(line: LineView, { values }: Lookup): ContextValues {
    const tags = new Map<ContextKey, ByteString>();
    const fields = new Map<LocationKey, ByteString>();
    for (const [i, [key]] of this.#wanted.entries()) {
      const value = this.#usable(line, values[i]);
      if (value === undefined) continue;
      if (key !== 'loc_long' && key !== 'loc_lat') tags.set(key, value);
      else if (value.trim() !== '' && Number.isFinite(Number(value))) fields.set(key, fieldText(Number(value)));
    }
    return { tags, fields };
  }

  #usable(line: LineView, value: LookedUp): ByteString | undefined {
    if (value === 'over the limit') line.count(this.#overLimit);
    if (value === undefined || value === 'over the limit') return undefined;
    if (value.changed) line.count(this.#cleaned);
    return value.value;
  }
}
