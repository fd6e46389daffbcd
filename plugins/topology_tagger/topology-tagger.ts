import { fromByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagName } from '../../shared/line-protocol/line-view.ts';
import type { Processor, ProcessorContext } from '../../shared/plugin/definition.ts';
import { nameOrOwn } from '../../shared/plugin/own-host-name.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import type { FileReaders } from '../../shared/topology/file-readers.ts';
import { KEY_KINDS, type KeyKind } from '../../shared/topology/kinds.ts';
import { LineKeys } from '../../shared/topology/line-keys.ts';
import { type Lookup, Topology } from '../../shared/topology/topology.ts';
import type { LookupStatus } from '../../shared/topology/versions.ts';
import type { Options } from './schema.ts';
import { readWantedTag, type WantedTag } from './wanted-tags.ts';

/** Finds the owner of every line and writes what is known about it as tags. */
export class TopologyTagger implements Processor {
  readonly #topology: Topology;
  readonly #keys: LineKeys;
  readonly #tags: readonly TagName[];
  readonly #keep: boolean;
  readonly #results: Readonly<Record<LookupStatus, Counter>>;
  readonly #misses: Readonly<Record<KeyKind, Counter>>;
  readonly #withoutKey: Counter;
  readonly #cleaned: Counter;
  readonly #overLimit: Counter;

  constructor(options: Options, context: ProcessorContext, readers: FileReaders) {
    const wanted = options.tags.map((item) => readWantedTag(item) as WantedTag);
    const node = nameOrOwn(options.node);
    this.#topology = new Topology(
      {
        snapshot: options.snapshot,
        static: options.static,
        get node() {
          return node();
        },
        graceMs: options.grace,
        pollMs: options.poll_interval,
        maxSnapshotBytes: options.max_snapshot_bytes,
        maxValues: options.max_values,
        attributes: wanted.map(({ attribute }) => attribute),
      },
      context,
      readers,
    );
    const topology = this.#topology;
    this.#keys = new LineKeys(context.names, inOrder(options.key), {
      get node() {
        return node();
      },
      isBridge: (name) => topology.isBridge(name),
      get knowsHosts() {
        return topology.knowsHosts;
      },
    });
    this.#tags = wanted.map(({ tag }) => context.names.of(tag));
    this.#keep = options.existing === 'keep';
    const { stats } = context;
    const counters = <N extends string>(prefix: string, names: readonly N[]) =>
      Object.fromEntries(names.map((name) => [name, stats.counter(prefix + name)])) as Record<N, Counter>;
    this.#results = counters('topology_lookups_', ['hit', 'grace', 'miss', 'ambiguous']);
    this.#misses = counters('topology_misses_', KEY_KINDS);
    this.#withoutKey = stats.counter('topology_lines_without_key');
    this.#cleaned = stats.counter('topology_values_cleaned');
    this.#overLimit = stats.counter('topology_values_over_limit');
    if (options.snapshot === undefined && options.static === undefined) {
      context.log.warn('Neither "static" nor "snapshot" is configured: no line gets a tag');
    }
  }

  line(line: LineView): void {
    let missed: Set<KeyKind> | undefined;
    let lookup: Lookup | undefined;
    let timeMs: number | undefined;
    let fromMs = Number.NEGATIVE_INFINITY;
    let toMs = Number.POSITIVE_INFINITY;
    this.#keys.find(line, (key) => {
      timeMs ??= line.timeMs;
      lookup = this.#topology.lookup(key, timeMs);
      fromMs = Math.max(fromMs, lookup.fromMs);
      toMs = Math.min(toMs, lookup.toMs);
      if (lookup.status !== 'miss') return true;
      missed = (missed ?? new Set()).add(key.kind);
      return false;
    });
    if (lookup === undefined) {
      line.count(this.#withoutKey);
      return;
    }
    // read before anything is changed, so that the times hold for the line as it came
    line.holds(fromMs, toMs);
    line.count(this.#results[lookup.status]);
    if (lookup.status === 'miss') for (const kind of missed ?? []) line.count(this.#misses[kind]);
    else this.#write(line, lookup);
  }

  explain(line: LineView): string[] {
    const said: string[] = [];
    let found: Lookup | undefined;
    const { timeMs } = line;
    const taken = this.#keys.find(line, ({ kind, name }, from) => {
      said.push(`${from}: key ${kind} ${JSON.stringify(fromByteString(name))} at ${new Date(timeMs).toISOString()}`);
      const lookup = this.#topology.explain({ kind, name }, timeMs, (text) => said.push(`  ${text}`));
      said.push(`  ${lookup.status}`);
      found = lookup;
      return lookup.status !== 'miss';
    });
    if (found === undefined) return ['No tag or field of this line is a known identity'];
    if (!taken) return [...said, 'Nothing is known: the line stays as it is'];
    if (found.status === 'ambiguous') return [...said, 'More than one owner at that time: no tags'];
    for (const [i, tag] of this.#tags.entries()) {
      const value = found.values[i];
      const name = fromByteString(tag.key);
      if (value === undefined) said.push(`no ${name}: nothing is known`);
      else if (value === 'over the limit') said.push(`no ${name}: more than max_values different ones`);
      else if (this.#keep && line.tagCount(tag) > 0) said.push(`${name} is in the line already and kept`);
      else said.push(`${name}=${fromByteString(value.value)}${value.changed ? ' (cleaned)' : ''}`);
    }
    return said;
  }

  stop(): void {
    this.#topology.stop();
  }

  #write(line: LineView, { values }: Lookup): void {
    for (const [i, tag] of this.#tags.entries()) {
      const value = values[i];
      if (value === undefined || (this.#keep && line.tagCount(tag) > 0)) continue;
      if (value === 'over the limit') {
        line.count(this.#overLimit);
        continue;
      }
      if (value.changed) line.count(this.#cleaned);
      line.setTag(tag, value.value);
    }
  }
}

/** Tables without `order` first, as they stand; then by `order`. */
function inOrder(keys: Options['key']): Options['key'] {
  return keys.toSorted((a, b) => (a.order ?? -1) - (b.order ?? -1));
}
