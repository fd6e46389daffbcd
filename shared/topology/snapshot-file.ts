import type { Log } from '../log/log.ts';
import type { Counter, PluginStats } from '../stats/stats.ts';
import { FileError, FollowedFile } from './followed-file.ts';
import { readSnapshot, type Snapshot, sameContent } from './snapshot.ts';
import { SnapshotError, type SnapshotFault } from './snapshot-header.ts';
import { SnapshotKernels } from './snapshot-kernel.ts';

/** How the last look at the snapshot went. What is in use is the last good one, whatever the state. */
export type SnapshotState = 'good' | SnapshotFault;

interface Context {
  readonly log: Log;
  readonly stats: PluginStats;
  readonly now: () => number;
}

/** A snapshot file that is followed: keeps the last good one, and counts and tells what is wrong with others. */
export class SnapshotFile {
  readonly #path: string;
  readonly #node: string;
  readonly #file: FollowedFile;
  readonly #kernels = new SnapshotKernels();
  readonly #context: Context;
  readonly #reads: Counter;
  readonly #errors: ReadonlyMap<SnapshotFault, Counter>;
  readonly #sources = new Set<string>();
  #current: Snapshot | undefined;
  #state: SnapshotState = 'missing';
  #told = '';

  constructor(path: string, options: { readonly node: string; readonly maxSnapshotBytes: number }, context: Context) {
    this.#path = path;
    this.#node = options.node;
    this.#context = context;
    this.#file = new FollowedFile(path, options.maxSnapshotBytes, context.now);
    const { stats } = context;
    this.#reads = stats.counter('topology_snapshot_reads');
    this.#errors = new Map(FAULTS.map((fault) => [fault, stats.counter(`topology_snapshot_errors_${fault}`)]));
    stats.gauge('topology_snapshot_state', () => this.#state);
    stats.gauge('topology_snapshot_age_seconds', () => this.#ageSeconds(this.#current?.index.header.takenMs));
    stats.gauge('topology_versions', () => (this.#current ? BigInt(this.#current.index.versions) : undefined));
  }

  get current(): Snapshot | undefined {
    return this.#current;
  }

  get state(): SnapshotState {
    return this.#state;
  }

  /** Reads the file without letting anything else run. */
  readNow(): void {
    const kernel = this.#kernels.take();
    try {
      const text = this.#file.readSync((size) => kernel.room(size));
      if (text === undefined) return;
      const slices = readSnapshot(kernel, text.length - 1, this.#node);
      let step = slices.next();
      while (!step.done) step = slices.next();
      this.#use(step.value);
    } catch (error) {
      this.#fault(error);
    }
  }

  /**
   * Reads the file if it changed. True when there is something new in use. The one before must no longer be asked when this is
   * called again: its memory is used for the next.
   */
  async readChanged(inSlices: <T>(work: Generator<void, T>) => Promise<T>): Promise<boolean> {
    const kernel = this.#kernels.take();
    let free = kernel;
    try {
      const text = await this.#file.readChanged((size) => kernel.room(size));
      if (text === undefined) return false;
      const current = this.#current;
      const next = await inSlices(readSnapshot(kernel, text.length - 1, this.#node, current));
      const same = current !== undefined && (await inSlices(sameContent(current, next)));
      if (same) this.#use({ ...current, index: current.index.withHeader(next.index.header) });
      else {
        if (current) free = current.kernel;
        this.#use(next);
      }
      return !same;
    } catch (error) {
      this.#fault(error);
      return false;
    } finally {
      if (free !== this.#current?.kernel) this.#kernels.giveBack(free, this.#current?.kernel);
    }
  }

  #use(snapshot: Snapshot): void {
    const { log } = this.#context;
    if (this.#current === undefined || this.#state !== 'good') {
      const { node, seq } = snapshot.index.header;
      log.info(
        `Read ${snapshot.index.versions} entities and links of node ${quote(node)} (seq ${seq}) from ${quote(this.#path)}`,
      );
    }
    this.#current = snapshot;
    this.#state = 'good';
    this.#told = '';
    this.#reads.add();
    for (const name of snapshot.index.header.sources.keys()) this.#reportSource(name);
  }

  #fault(error: unknown): void {
    if (!(error instanceof SnapshotError) && !(error instanceof FileError)) throw error;
    const message = this.#message(error);
    // a file that is not there is looked for at every poll; a bad one is read once
    if (error instanceof FileError && message === this.#told) return;
    this.#told = message;
    this.#state = error.fault;
    this.#errors.get(error.fault)?.add();
    this.#context.log.trouble(`snapshot ${error.fault}`, message);
  }

  #message(error: Error): string {
    const what =
      error instanceof FileError
        ? `Snapshot ${error.message}`
        : `Snapshot ${quote(this.#path)} is not used. ${error.message}`;
    return `${what}; ${this.#current ? `the one with seq ${this.#current.index.header.seq} stays in use` : 'lines pass without its tags'}`;
  }

  /** Statistics of a source of the snapshot's writer, from the first time that it is named. */
  #reportSource(name: string): void {
    const field = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
    if (this.#sources.has(field) || this.#sources.size >= MAX_SOURCES) return;
    this.#sources.add(field);
    const source = () => this.#current?.index.header.sources.get(name);
    this.#context.stats.gauge(`topology_source_${field}_up`, () => {
      const state = source()?.state;
      return state === undefined ? undefined : BigInt(state === 'live' ? 1 : 0);
    });
    this.#context.stats.gauge(`topology_source_${field}_age_seconds`, () => this.#ageSeconds(source()?.syncMs));
  }

  #ageSeconds(sinceMs: number | undefined): number | undefined {
    return sinceMs === undefined ? undefined : Math.max(0, (this.#context.now() - sinceMs) / 1000);
  }
}

const FAULTS: readonly SnapshotFault[] = [
  'missing',
  'unreadable',
  'too_large',
  'corrupt',
  'format',
  'foreign',
  'older',
];
const MAX_SOURCES = 32;

function quote(text: string): string {
  return JSON.stringify(text);
}
