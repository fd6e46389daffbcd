/**
 * The data sets of collectd's types.db: which values a type has, what they are called and of which kind they are.
 *
 * Sources: src/daemon/types_list.c (parse_file, parse_line, parse_ds) of collectd 5.12, and what that version was observed to do.
 */
import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import { readDouble } from './c-number.ts';
import { MAX_NAME_BYTES } from './identifier.ts';
import { DATA_SOURCE_KINDS, type DataSourceKind } from './value-list.ts';

/** One value of a type. */
export interface DataSource {
  readonly name: ByteString;
  readonly kind: DataSourceKind;
  /** NaN where types.db says `U`: no bound. Collectd applies bounds in its cache only and forwards every value. */
  readonly min: number;
  readonly max: number;
}

/** What types.db says of a type. */
export interface DataSet {
  readonly type: ByteString;
  readonly sources: readonly DataSource[];
}

/** The text of one types.db. */
export interface TypesDbFile {
  /** For messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Something in a types.db that an operator should look at. */
export interface TypesDbProblem {
  /** `error`: a type is missing for it. `notice`: a later definition took the place of an earlier one, as in collectd. */
  readonly level: 'error' | 'notice';
  readonly file: string;
  /** Counted from 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

/** What was read: the types, and the first 100 problems. */
export interface ReadTypesDb {
  readonly types: TypesDb;
  readonly problems: readonly TypesDbProblem[];
  /** Problems beyond those. */
  readonly moreProblems: number;
}

/** Longest line with its newline that collectd reads: its buffer has 4096 bytes, and a line that fills it is skipped. */
const MAX_TYPES_DB_LINE_BYTES = 4094;
/** Most data sources of a type: collectd splits a line into 64 fields. */
const MAX_DATA_SOURCES = 63;
/** Largest types.db that is read. Debian's has 17 KB; what is much larger is another file. */
export const MAX_TYPES_DB_BYTES = 8 * 1024 * 1024;

const MAX_PROBLEMS = 100;
/** `v:GAUGE:U:U`: collectd refuses a shorter definition, whatever it says. */
const MIN_SOURCE_BYTES = 11;
const EXTRACT_BYTES = 60;

/** The types that are known, by name. Names are compared byte by byte: `Gauge` is not `gauge`. */
export class TypesDb {
  readonly #types: ReadonlyMap<ByteString, DataSet>;

  constructor(dataSets: Iterable<DataSet> = []) {
    this.#types = new Map(Array.from(dataSets, (dataSet) => [dataSet.type, dataSet]));
  }

  get(type: ByteString): DataSet | undefined {
    return this.#types.get(type);
  }

  /** The number of types. */
  get size(): number {
    return this.#types.size;
  }

  /** The data sets, in the order in which their types were first seen. */
  [Symbol.iterator](): Iterator<DataSet> {
    return this.#types.values();
  }
}

/**
 * Reads one or several types.db. A broken definition costs its type only; what an earlier file said of that type then stays. A type
 * defined again replaces the former definition. Beyond collectd's rules a type is refused, rather than cut, when a name is too
 * long or there are too many data sources, and when two of its data sources have one name, as they would become one field.
 */
export function parseTypesDb(files: Iterable<TypesDbFile>): ReadTypesDb {
  const types = new Map<ByteString, DataSet>();
  const problems = new ProblemList();
  for (const file of files) readFile(file, types, problems);
  return { types: new TypesDb(types.values()), problems: problems.first, moreProblems: problems.more };
}

class ProblemList {
  readonly first: TypesDbProblem[] = [];
  more = 0;

  add(problem: TypesDbProblem): void {
    if (this.first.length < MAX_PROBLEMS) this.first.push(problem);
    else this.more++;
  }
}

function readFile(file: TypesDbFile, types: Map<ByteString, DataSet>, problems: ProblemList): void {
  const add = (level: 'error' | 'notice', line: number, message: string) =>
    problems.add({ level, file: file.name, line, message });
  if (file.bytes.length > MAX_TYPES_DB_BYTES) {
    return add('error', 0, `File has ${file.bytes.length} bytes, at most ${MAX_TYPES_DB_BYTES} are read`);
  }
  const { buffer, byteOffset, length } = file.bytes;
  const text = Buffer.from(buffer, byteOffset, length).toString('latin1');
  for (const [index, line] of text.split('\n').entries()) {
    const read = readLine(line);
    if (read === undefined) continue;
    if (typeof read === 'string') {
      add('error', index + 1, read);
      continue;
    }
    if (types.has(read.type)) {
      add('notice', index + 1, `Type ${quoted(read.type)} is defined again and replaces the former definition`);
    }
    types.set(read.type, read);
  }
}

/** The data set of a line, what is wrong with it, or undefined for a line that says nothing. */
function readLine(line: string): DataSet | string | undefined {
  if (line.startsWith('#')) return undefined;
  if (line.length + 1 > MAX_TYPES_DB_LINE_BYTES) {
    return `Line has ${line.length + 1} bytes, collectd reads at most ${MAX_TYPES_DB_LINE_BYTES}`;
  }
  if (line.includes('\0')) return 'Line holds a NUL byte';
  const [type, ...definitions] = line.split(/[ \t\r]+/).filter((field) => field !== '') as ByteString[];
  if (type === undefined || definitions.length === 0 || type.startsWith('#')) return undefined;
  if (type.length > MAX_NAME_BYTES) {
    return `Type ${quoted(type)} has ${type.length} bytes, a name has at most ${MAX_NAME_BYTES}`;
  }
  if (definitions.length > MAX_DATA_SOURCES) {
    return `Type ${quoted(type)} has ${definitions.length} data sources, at most ${MAX_DATA_SOURCES} are possible`;
  }
  return readDataSet(type, definitions);
}

function readDataSet(type: ByteString, definitions: readonly ByteString[]): DataSet | string {
  const sources: DataSource[] = [];
  const names = new Set<ByteString>();
  for (const definition of definitions) {
    const source = readDataSource(definition);
    if (typeof source === 'string') return `Type ${quoted(type)} is left out: ${source}`;
    if (names.has(source.name))
      return `Type ${quoted(type)} is left out: two data sources are called ${quoted(source.name)}`;
    names.add(source.name);
    sources.push(source);
  }
  return { type, sources };
}

function readDataSource(definition: ByteString): DataSource | string {
  const about = `data source ${quoted(definition)}`;
  if (definition.length < MIN_SOURCE_BYTES) return `${about} is too short for name:KIND:min:max`;
  // empty fields vanish, as by strtok_r
  const fields = definition
    .replace(/,$/, '')
    .split(':')
    .filter((field) => field !== '');
  const [name, kindText, min, max] = fields;
  if (name === undefined || kindText === undefined || min === undefined || max === undefined || fields.length !== 4) {
    return `${about} is not of the form name:KIND:min:max`;
  }
  if (name.length > MAX_NAME_BYTES) return `${about} has a name of more than ${MAX_NAME_BYTES} bytes`;
  const kind = DATA_SOURCE_KINDS.find((known) => known === kindText.toLowerCase());
  if (kind === undefined) {
    return `${about} has the kind ${quoted(kindText as ByteString)}, known are GAUGE, COUNTER, DERIVE and ABSOLUTE`;
  }
  return { name: name as ByteString, kind, min: readBound(min), max: readBound(max) };
}

/** A bound is read by C's atof: what is no number is 0. */
function readBound(text: string): number {
  if (text === 'U' || text === 'u') return Number.NaN;
  return readDouble(text)?.value ?? 0;
}

function quoted(bytes: ByteString): string {
  const text =
    bytes.length > EXTRACT_BYTES
      ? `${fromByteString(bytes.slice(0, EXTRACT_BYTES) as ByteString)}…`
      : fromByteString(bytes);
  return JSON.stringify(text);
}
