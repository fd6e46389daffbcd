import { quoteValue } from '../../shared/config/quote.ts';
import { type ByteString, fromByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagName } from '../../shared/line-protocol/line-view.ts';
import type { Processor, ProcessorContext } from '../../shared/plugin/definition.ts';
import type { Counter } from '../../shared/stats/stats.ts';
import { cleanValue } from '../../shared/topology/clean-value.ts';
import type { FileReaders } from '../../shared/topology/file-readers.ts';
import { type ContextValues, fieldText, firstOf } from './context-values.ts';
import { FileSource } from './file-source.ts';
import { TagGuard } from './guard.ts';
import { LocationGuard } from './location.ts';
import type { Options } from './schema.ts';
import { SnapshotSource } from './snapshot-source.ts';
import { CONTEXT_KEYS, type ContextKey, INCOMPLETE_MARK, LOCATION_KEYS, TAG_OF_KEY } from './tag-names.ts';

/** How often a followed file is asked whether it has changed. */
const POLL_MS = 1000;

/** A place that context comes from; the first of them that has a value wins. */
interface Source {
  /** As messages call it. */
  readonly title: string;
  /** The tags that it can set for some line: those are protected in all. */
  keys(): Iterable<ContextKey>;
  of(line: LineView): ContextValues;
}

/** Puts the context of the surrogate into every line, and sees to it that nobody else does. */
export class SurrogateContext implements Processor {
  readonly #context: ProcessorContext;
  readonly #sources: readonly Source[];
  readonly #guards: ReadonlyMap<ContextKey, TagGuard>;
  readonly #location: LocationGuard | undefined;
  readonly #required: readonly TagName[];
  readonly #missing: Options['missing'];
  readonly #mark: TagName | undefined;
  readonly #claims: Counter;
  readonly #incomplete: Counter;
  readonly #dropped: Counter;
  readonly #file: FileSource | undefined;
  readonly #snapshot: SnapshotSource | undefined;
  #guarded: readonly ContextKey[] = [];
  #timer: NodeJS.Timeout | undefined;
  #polling = false;

  constructor(options: Options, context: ProcessorContext, readers: FileReaders) {
    const { stats, names } = context;
    this.#context = context;
    this.#claims = stats.counter('claims');
    this.#incomplete = stats.counter('incomplete');
    this.#dropped = stats.counter('dropped');

    const own = ownValues(options, stats.counter('cleaned_values'));
    const file =
      options.context_file === undefined
        ? undefined
        : new FileSource(options.context_file, options.max_context_file_bytes, context);
    this.#file = file;
    const snapshot = snapshotOf(options, context, readers);
    this.#snapshot = snapshot;
    this.#sources = [
      { title: '[context]', keys: () => own.tags.keys(), of: () => own },
      ...(file
        ? [{ title: quoteValue(file.path), keys: () => file.table.keys, of: (line: LineView) => file.select(line) }]
        : []),
      ...(snapshot
        ? [{ title: 'the snapshot', keys: () => snapshot.tagKeys, of: (line: LineView) => snapshot.of(line) }]
        : []),
    ];

    const tags = TAG_OF_KEY[options.profile];
    // A followed file may name any key later, and names are asked for now.
    const keys = CONTEXT_KEYS.filter((key) => tags[key] !== undefined && (file !== undefined || this.#canSet(key)));
    const onClaim = this.#tellOfClaim.bind(this);
    this.#guards = new Map(keys.map((key) => [key, new TagGuard(tags[key] ?? key, names, options.claimed, onClaim)]));
    this.#location = options.location_fields === 'add' ? new LocationGuard(names, options.claimed, onClaim) : undefined;
    this.#required = options.required.flatMap((key) => (tags[key] === undefined ? [] : [names.of(tags[key])]));
    this.#missing = options.missing;
    this.#mark = options.missing === 'mark' ? names.of(INCOMPLETE_MARK.tag) : undefined;
    this.#choose();
    if (this.#guarded.length === 0 && !this.#location) {
      context.log.warn('No source has any context: lines pass unchanged');
    }
    if (file) this.#timer = setInterval(() => void this.pollFiles(), POLL_MS).unref();
  }

  line(line: LineView): void {
    const values = firstOf(...this.#sources.map((source) => source.of(line)));
    for (const key of this.#guarded) this.#guards.get(key)?.apply(line, values.tags.get(key));
    this.#location?.apply(line, values.fields);
    this.#require(line);
  }

  /** Takes up what has changed in the followed files. */
  async pollFiles(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      await this.#file?.poll();
      this.#choose();
    } finally {
      this.#polling = false;
    }
  }

  explain(line: LineView): string[] {
    const found = this.#sources.map((source) => ({ title: source.title, values: source.of(line) }));
    const lines = this.#guarded.map((key) => {
      const winner = found.find(({ values }) => values.tags.has(key));
      const value = winner?.values.tags.get(key);
      const tag = this.#guards.get(key)?.name;
      const brought = tag && line.tag(tag);
      const claim = brought === undefined || brought === value ? '' : `; the line says ${quoteBytes(brought)}`;
      return winner && value !== undefined
        ? `${tag?.key}=${quoteBytes(value)} from ${winner.title}${claim}`
        : `${tag?.key}: no source has a value${claim}`;
    });
    const entry = this.#file?.entryOf(line);
    if (this.#snapshot) lines.push(...this.#snapshot.explain(line));
    if (this.#file) lines.push(entry === undefined ? 'no [[context]] matches' : `[[context]] number ${entry} matches`);
    return lines;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#snapshot?.stop();
  }

  #choose(): void {
    this.#guarded = CONTEXT_KEYS.filter((key) => this.#guards.has(key) && this.#canSet(key));
  }

  #canSet(key: ContextKey): boolean {
    return this.#sources.some((source) => [...source.keys()].includes(key));
  }

  #require(line: LineView): void {
    const absent = this.#required.filter((name) => !line.tag(name));
    if (absent.length === 0) return;
    line.count(this.#incomplete);
    if (this.#missing === 'drop') {
      line.count(this.#dropped);
      line.drop();
    } else if (this.#mark) line.setTag(this.#mark, toByteString(INCOMPLETE_MARK.value));
  }

  #tellOfClaim(line: LineView, tag: string, claim: string, deed: string): void {
    line.count(this.#claims);
    this.#context.log.trouble(
      'claim',
      `A line of ${quoteBytes(line.measurement)} claims ${tag}=${quoteBytes(claim as ByteString)}; ${deed}`,
    );
  }
}

function snapshotOf(options: Options, context: ProcessorContext, readers: FileReaders): SnapshotSource | undefined {
  if (options.snapshot === undefined) return undefined;
  if (Object.keys(options.snapshot_keys).length > 0) {
    return new SnapshotSource(options.snapshot, options, context, readers);
  }
  context.log.warn('The snapshot is not read: "snapshot_keys" names nothing that could be taken from it');
  return undefined;
}

function ownValues({ context }: Options, cleaned: Counter): ContextValues {
  const tags = new Map<ContextKey, ByteString>();
  for (const key of CONTEXT_KEYS) {
    const value = context[key];
    if (value === undefined) continue;
    const clean = cleanValue(value);
    if (clean.changed) cleaned.add();
    if (clean.value !== '') tags.set(key, clean.value);
  }
  const fields = LOCATION_KEYS.flatMap((key) => {
    const value = context[key];
    return value === undefined ? [] : [[key, fieldText(value)] as const];
  });
  return { tags, fields: new Map(fields) };
}

function quoteBytes(bytes: ByteString): string {
  return quoteValue(fromByteString(bytes));
}
