import { type ByteString, fromByteString, toByteString } from '../line-protocol/byte-string.ts';
import type { Log } from '../log/log.ts';
import { systemClock } from '../log/trouble-summary.ts';
import type { PluginStats } from '../stats/stats.ts';
import type { Attribute } from './attributes.ts';
import { type CleanValue, cleanValue } from './clean-value.ts';
import type { FileReaders } from './file-readers.ts';
import type { EntityKind } from './kinds.ts';
import { nextTurn } from './next-turn.ts';
import { Placement } from './placement.ts';
import { type Resolution, resolve, type TopologyKey } from './resolve.ts';
import type { SnapshotFile } from './snapshot-file.ts';
import type { StaticFile } from './static-file.ts';
import type { StaticRow, StaticTable } from './static-table.ts';
import type { TopologyIndex } from './topology-index.ts';
import { type ValueLimits, valueLimits } from './value-limits.ts';
import type { LookupStatus } from './versions.ts';

/** Where the topology comes from, and what is wanted of it. */
export interface TopologyOptions {
  /** Path of the snapshot; undefined: none. */
  readonly snapshot: string | undefined;
  /** Path of the static table; undefined: none. */
  readonly static: string | undefined;
  /** The node that this process runs on. Asked for when it is needed. */
  readonly node: string;
  readonly graceMs: number;
  readonly pollMs: number;
  readonly maxSnapshotBytes: number;
  /** So many different values one attribute may have. */
  readonly maxValues: number;
  readonly attributes: readonly Attribute[];
}

/** What a topology needs of the stage that uses it. */
export interface TopologyContext {
  readonly log: Log;
  readonly stats: PluginStats;
  readonly now: () => number;
  /** Called when lookups may give other answers than before. */
  changed(): void;
}

/** The value of one attribute: ready for a line, `over the limit` of different values, or undefined when nothing is known. */
export type LookedUp = CleanValue | 'over the limit' | undefined;

/** What is known about a key at a moment, and from when to when it is so. */
export interface Lookup {
  readonly status: LookupStatus;
  readonly fromMs: number;
  readonly toMs: number;
  /** In the order of the attributes asked for. */
  readonly values: readonly LookedUp[];
}

/** So many answers are remembered, which is some ten MB. */
const MAX_LOOKUPS = 20_000;

const ALWAYS = {
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
};
const NOTHING: Resolution = { status: 'miss', ...ALWAYS, entities: new Map() };
const UNKNOWN: Lookup = { status: 'miss', ...ALWAYS, values: [] };

/** What is in use: replaced as a whole, so that no lookup sees half of a change. */
interface Generation {
  readonly index: TopologyIndex | undefined;
  readonly table: StaticTable | undefined;
  readonly limits: ValueLimits;
  readonly lookups: Map<string, Lookup>;
}

/** Who runs where: answers lookups from a snapshot and a static table, and follows both files while the stream goes on. */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #context: TopologyContext;
  #node: ByteString | undefined;
  readonly #wanted: ReadonlySet<EntityKind>;
  readonly #snapshotFile: SnapshotFile | undefined;
  readonly #staticFile: StaticFile | undefined;
  #current: Generation;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #slices = 0;
  #longestSliceMs = 0;

  /** Reads both files once, at once, and then follows them until `stop`. @param readers for the files that the options name */
  constructor(options: TopologyOptions, context: TopologyContext, readers: FileReaders) {
    this.#options = options;
    this.#context = context;
    this.#wanted = new Set(options.attributes.flatMap(({ kinds }) => kinds));
    if (options.snapshot !== undefined) {
      this.#snapshotFile = new (given(readers.SnapshotFile))(options.snapshot, options, context);
    }
    if (options.static !== undefined) this.#staticFile = new (given(readers.StaticFile))(options.static, context);
    this.#snapshotFile?.readNow();
    this.#staticFile?.readNow();
    this.#current = this.#generation(toEnd(this.#limits()));
    context.stats.gauge('topology_load_slices', () => BigInt(this.#slices));
    context.stats.gauge('topology_load_longest_slice_ms', () => this.#longestSliceMs);
    if (this.#snapshotFile ?? this.#staticFile) this.#pollLater();
  }

  /** Whether anything is known about hosts, so that it makes sense to look one up by its name. */
  get knowsHosts(): boolean {
    return (
      this.#current.table?.has('node') === true ||
      (this.#current.index !== undefined && (this.#wanted.has('node') || this.#wanted.has('place')))
    );
  }

  /** Finds the owner of a key at a moment. */
  lookup(key: TopologyKey, timeMs: number): Lookup {
    const { lookups } = this.#current;
    const name = `${key.kind}:${key.name}`;
    const known = lookups.get(name);
    if (known && known.fromMs <= timeMs && timeMs < known.toMs) return known;
    const lookup = this.#find(key, timeMs);
    // what is not known at all is not remembered, since lines can name anything
    if (lookup === UNKNOWN) return lookup;
    // a host can be written in any number of ways
    if (lookups.size >= MAX_LOOKUPS) lookups.clear();
    lookups.set(name, lookup);
    return lookup;
  }

  /** As `lookup`, saying how the answer came about. */
  explain(key: TopologyKey, timeMs: number, note: (text: string) => void): Lookup {
    const { index, table } = this.#current;
    if (index === undefined && this.#snapshotFile) note(`No snapshot is in use (${this.#snapshotFile.state})`);
    const row = table?.row(key.kind, key.name);
    const lookup = this.#find(key, timeMs, note);
    if (index && lookup === UNKNOWN)
      note(
        `${key.kind} ${JSON.stringify(fromByteString(key.name))} is not in the snapshot of ${index.header.node} (seq ${index.header.seq})`,
      );
    if (row) note(`It stands in the static table, line ${row.line}`);
    else if (table) note(`${key.kind} ${JSON.stringify(fromByteString(key.name))} is not in the static table`);
    return lookup;
  }

  /** The bridges that are known, for names that consist of a bridge and a port. */
  isBridge(name: ByteString): boolean {
    const { index } = this.#current;
    return index !== undefined && index.versionsOf('bridge', `${index.node}/${name}` as ByteString).length > 0;
  }

  /** Looks whether the files changed, and takes over what is new. Called at every interval; tests call it themselves. */
  async poll(): Promise<void> {
    const snapshotChanged = (await this.#snapshotFile?.readChanged((slices) => this.#inSlices(slices))) ?? false;
    const tableChanged = (await this.#staticFile?.readChanged()) ?? false;
    if ((!snapshotChanged && !tableChanged) || this.#stopped) return;
    this.#current = this.#generation(await this.#inSlices(this.#limits()));
    this.#context.changed();
  }

  /** Ends following the files. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #pollLater(): void {
    this.#timer = setTimeout(async () => {
      await this.poll();
      if (!this.#stopped) this.#pollLater();
    }, this.#options.pollMs);
    this.#timer.unref();
  }

  #limits(): Generator<void, ValueLimits> {
    return valueLimits(
      this.#options.attributes,
      this.#options.maxValues,
      this.#snapshotFile?.current?.index,
      this.#staticFile?.table,
    );
  }

  #generation(limits: ValueLimits): Generation {
    return {
      index: this.#snapshotFile?.current?.index,
      table: this.#staticFile?.table,
      limits,
      lookups: new Map(),
    };
  }

  /** Runs work slice by slice, letting the stream go on in between. */
  async #inSlices<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const startMs = systemClock.now();
      const { done, value } = work.next();
      this.#slices++;
      this.#longestSliceMs = Math.max(this.#longestSliceMs, systemClock.now() - startMs);
      if (done) return value as T;
      await nextTurn();
    }
  }

  #find(key: TopologyKey, timeMs: number, note?: (text: string) => void): Lookup {
    const { index, table } = this.#current;
    const resolution = index ? resolve(index, key, timeMs, this.#options.graceMs, this.#wanted, note) : NOTHING;
    const row = table?.row(key.kind, key.name);
    const { fromMs, toMs } = resolution;
    const status = resolution.status === 'miss' && row ? 'hit' : resolution.status;
    if (status !== 'hit' && status !== 'grace') {
      return status === 'miss' && fromMs === ALWAYS.fromMs && toMs === ALWAYS.toMs
        ? UNKNOWN
        : { status, fromMs, toMs, values: [] };
    }
    return { status, fromMs, toMs, values: this.#values(resolution, row) };
  }

  #values({ entities }: Resolution, row: StaticRow | undefined): LookedUp[] {
    const { table, limits } = this.#current;
    this.#node ??= toByteString(this.#options.node);
    const placement = new Placement(entities, row, table, this.#node);
    return this.#options.attributes.map((attribute) => {
      const text = placement.valueOf(attribute);
      const clean = text === undefined ? undefined : cleanValue(text);
      if (clean === undefined || clean.value === '') return undefined;
      const allowed = limits.get(attribute.name);
      return allowed === undefined || allowed.has(clean.value) ? clean : 'over the limit';
    });
  }
}

function given<R>(reader: R | undefined): R {
  if (reader === undefined) throw new Error('What reads a file of the topology was not loaded');
  return reader;
}

function toEnd<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
