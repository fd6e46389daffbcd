/**
 * Line protocol read slowly and plainly, byte by byte: the oracle for the kernel and for the exported parser. It shares no
 * code with them. What it reads and why is told in `docs/reference/line-protocol.md`; every text is a byte string
 * (one latin1 character per byte).
 */

const TAB = 0x09;
const LF = 0x0a;
const VT = 0x0b;
const FF = 0x0c;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const END = -1;

const DEFAULT_MAX_LINE_BYTES = 2 * 1024 * 1024;

interface ReferenceField {
  key: string;
  kind: 'float' | 'integer' | 'unsigned' | 'boolean' | 'string';
  /** A number in JavaScript's shortest text (`-0` for minus zero), `true`, `false`, or the string's bytes. */
  value: string;
}

export interface ReferencePoint {
  measurement: string;
  /** Sorted by key; of several tags with one key the last. */
  tags: [key: string, value: string][];
  /** In the line's order; of several with one key the last value at the first place. */
  fields: ReferenceField[];
  /** Nanoseconds as decimal text, null when the line has no time. */
  time: string | null;
}

export interface ReadError {
  code: string;
  /** 1-based. */
  line: number;
  /** 1-based, in bytes. */
  column: number;
}

/** One thing between two newlines that end something. */
interface ReferenceItem {
  kind: 'record' | 'comment' | 'blank';
  /** First byte, blanks before the text included. */
  start: number;
  /** Behind the last byte, without the newline. */
  end: number;
  /** Where the next item starts. */
  next: number;
  point?: ReferencePoint;
  error?: ReadError;
}

/** Where reading stopped, and the code for it. */
class Stop extends Error {
  readonly code: string;
  readonly at: number;
  constructor(code: string, at: number) {
    super(`${code} at ${at}`);
    this.code = code;
    this.at = at;
  }
}

/** Everything in the bytes, in order. Item for item, `bytes` from `start` to `next` is the whole input. */
export function readItems(bytes: Uint8Array, maxLineBytes = DEFAULT_MAX_LINE_BYTES): ReferenceItem[] {
  const items: ReferenceItem[] = [];
  let start = 0;
  while (start < bytes.length) {
    const item = readItem(bytes, start, maxLineBytes);
    items.push(item);
    start = item.next;
  }
  return items;
}

/** Only points and errors, as `test/fixtures/line-protocol/vectors.json` has them. */
export function readLines(bytes: Uint8Array): ({ point: ReferencePoint } | { error: ReadError })[] {
  const lines: ({ point: ReferencePoint } | { error: ReadError })[] = [];
  for (const item of readItems(bytes)) {
    if (item.point) lines.push({ point: item.point });
    if (item.error) lines.push({ error: item.error });
  }
  return lines;
}

function readItem(bytes: Uint8Array, start: number, maxLineBytes: number): ReferenceItem {
  let p = start;
  while (isBlank(byteAt(bytes, p))) p++;
  if (isLineEnd(bytes, p)) return item(bytes, 'blank', start, p);
  if (bytes[p] === HASH) return item(bytes, 'comment', start, p);

  const reader = new Reader(bytes, p);
  let point: ReferencePoint | undefined;
  let stop: Stop | undefined;
  try {
    point = reader.record();
  } catch (problem) {
    if (!(problem instanceof Stop)) throw problem;
    stop = problem;
  }
  const limit = start + maxLineBytes;
  let record = item(bytes, 'record', start, stop ? stop.at : reader.p);
  if (record.end > limit) {
    // Over-long: it ends at the first newline behind the quote of the string that is open at the limit, else behind the limit.
    const open = reader.strings.find(([from, to]) => from < limit && limit < to)?.[0];
    record = item(bytes, 'record', start, open ?? limit);
    const isShort = open !== undefined && record.end <= limit;
    stop = isShort ? new Stop('unclosed_quote', open) : new Stop('too_long', start);
  }
  if (stop) return { ...record, error: { code: stop.code, ...position(bytes, stop.at) } };
  return point ? { ...record, point } : record;
}

/** An item that ends at the first newline from `from` on. */
function item(bytes: Uint8Array, kind: ReferenceItem['kind'], start: number, from: number): ReferenceItem {
  let end = from;
  while (end < bytes.length && bytes[end] !== LF) end++;
  return { kind, start, end, next: Math.min(end + 1, bytes.length) };
}

/** Reads one record strictly. `p` stands behind what was read, at the byte that cannot be read after an error. */
class Reader {
  readonly bytes: Uint8Array;
  p: number;
  /** The tags as they stand in the line, from their comma to behind their value. */
  readonly tags: { key: string; value: string; start: number; end: number }[] = [];
  /** Behind the tag set. */
  headEnd = 0;
  /** First and behind the last byte of each string, the quotes included. */
  readonly strings: [open: number, close: number][] = [];

  constructor(bytes: Uint8Array, p: number) {
    this.bytes = bytes;
    this.p = p;
  }

  record(): ReferencePoint {
    const measurement = this.head();
    this.blanks();
    if (this.atEnd()) this.fail('no_fields');
    const fields = [this.field()];
    while (this.byte() === COMMA) {
      this.p++;
      fields.push(this.field());
    }
    if (!this.atEnd() && !isBlank(this.byte())) this.fail('bad_field_value');
    this.blanks();
    const time = this.atEnd() ? null : this.time();
    return { measurement, tags: lastTags(this.tags), fields: lastFields(fields), time };
  }

  /** Measurement and tag set. */
  head(): string {
    const measurement = this.measurement();
    while (this.byte() === COMMA) {
      const start = this.p++;
      const key = this.tagPart();
      if (this.byte() !== EQUALS) this.fail('bad_tag');
      this.p++;
      const value = this.tagPart();
      if (this.byte() === EQUALS || (this.byte() === CR && !this.atEnd())) this.fail('bad_tag');
      this.tags.push({ key, value, start, end: this.p });
    }
    this.headEnd = this.p;
    return measurement;
  }

  measurement(): string {
    const start = this.p;
    while (!this.atEnd() && this.byte() !== COMMA && !isBlank(this.byte())) {
      if (this.byte() === CR) this.fail('no_measurement');
      if (this.byte() === BACKSLASH) {
        // backslashes pair: the byte behind one is never a separator
        this.p++;
        this.refuseEscaped();
      }
      this.p++;
    }
    if (this.p === start) this.fail('no_measurement');
    return unescapeMeasurement(this.text(start));
  }

  /** A tag's key or value: up to a separator that has no backslash directly before it. */
  tagPart(): string {
    const start = this.p;
    for (;;) {
      const escaped = this.p > start && this.bytes[this.p - 1] === BACKSLASH;
      if (escaped) this.refuseEscaped();
      if (this.atEnd() || isBlank(this.byte()) || this.byte() === COMMA || this.byte() === EQUALS) {
        if (!escaped) break;
      }
      if (this.byte() === CR) break;
      this.p++;
    }
    if (this.p === start) this.fail('bad_tag');
    return unescapeKey(this.text(start));
  }

  field(): ReferenceField {
    const start = this.p;
    while (
      !this.atEnd() &&
      this.byte() !== COMMA &&
      this.byte() !== EQUALS &&
      this.byte() !== CR &&
      !isBlank(this.byte())
    ) {
      if (this.byte() === BACKSLASH) {
        this.p++;
        this.refuseEscaped();
      }
      this.p++;
    }
    if (this.p === start || this.byte() !== EQUALS) this.fail('bad_field_key');
    const key = unescapeKey(this.text(start));
    this.p++;
    return { key, ...this.value() };
  }

  value(): { kind: ReferenceField['kind']; value: string } {
    const first = this.byte();
    if (first === QUOTE) return { kind: 'string', value: this.string() };
    if (isDigit(first) || first === MINUS || first === DOT) return this.number();
    const start = this.p;
    while (!this.atEnd() && this.byte() !== COMMA && this.byte() !== CR && !isBlank(this.byte())) this.p++;
    const word = this.text(start);
    if (['t', 'T', 'true', 'True', 'TRUE'].includes(word)) return { kind: 'boolean', value: 'true' };
    if (['f', 'F', 'false', 'False', 'FALSE'].includes(word)) return { kind: 'boolean', value: 'false' };
    this.p = start;
    return this.fail('bad_field_value');
  }

  string(): string {
    const open = this.p;
    this.p++;
    while (this.p < this.bytes.length && this.byte() !== QUOTE) this.p += this.byte() === BACKSLASH ? 2 : 1;
    if (this.p >= this.bytes.length) {
      this.strings.push([open, this.bytes.length]);
      this.p = this.bytes.length;
      throw new Stop('unclosed_quote', open);
    }
    this.p++;
    this.strings.push([open, this.p]);
    return unescapeString(textOf(this.bytes, open + 1, this.p - 1));
  }

  number(): { kind: ReferenceField['kind']; value: string } {
    const start = this.p;
    if (this.byte() === MINUS) this.p++;
    let digits = this.digits();
    if (digits > 0 && this.byte() === 0x69) return this.integer(start, 'integer', -(2n ** 63n), 2n ** 63n - 1n);
    if (digits > 0 && this.byte() === 0x75 && this.bytes[start] !== MINUS) {
      return this.integer(start, 'unsigned', 0n, 2n ** 64n - 1n);
    }
    if (this.byte() === DOT) {
      this.p++;
      digits += this.digits();
    }
    if (digits === 0) this.fail('bad_field_value');
    if (this.byte() === 0x65 || this.byte() === 0x45) {
      this.p++;
      if (this.byte() === PLUS || this.byte() === MINUS) this.p++;
      if (this.digits() === 0) this.fail('bad_field_value');
    }
    this.valueEnd();
    const value = Number(this.text(start));
    if (!Number.isFinite(value)) throw new Stop('out_of_range', start);
    return { kind: 'float', value: Object.is(value, -0) ? '-0' : String(value) };
  }

  integer(start: number, kind: 'integer' | 'unsigned', min: bigint, max: bigint): { kind: typeof kind; value: string } {
    const value = BigInt(this.text(start));
    this.p++;
    this.valueEnd();
    if (value < min || value > max) throw new Stop('out_of_range', start);
    return { kind, value: String(value) };
  }

  /** Behind a value comes a comma, a blank or the end. */
  valueEnd(): void {
    if (!this.atEnd() && this.byte() !== COMMA && !isBlank(this.byte())) this.fail('bad_field_value');
  }

  time(): string {
    const start = this.p;
    if (this.byte() === MINUS) this.p++;
    if (this.digits() === 0) this.fail('bad_timestamp');
    if (!this.atEnd() && !isBlank(this.byte())) this.fail('bad_timestamp');
    const time = BigInt(this.text(start));
    if (time < -(2n ** 63n) || time > 2n ** 63n - 1n) throw new Stop('out_of_range', start);
    this.blanks();
    if (!this.atEnd()) this.fail('trailing_text');
    return String(time);
  }

  /** In names a backslash cannot stand before a control blank, a line end or nothing. */
  refuseEscaped(): void {
    const b = this.byte();
    if (b === END || b === TAB || b === LF || b === VT || b === FF || b === CR) this.fail('bad_escape');
  }

  digits(): number {
    const start = this.p;
    while (isDigit(this.byte())) this.p++;
    return this.p - start;
  }

  blanks(): void {
    while (isBlank(this.byte())) this.p++;
  }

  byte(): number {
    return byteAt(this.bytes, this.p);
  }

  atEnd(): boolean {
    return isLineEnd(this.bytes, this.p);
  }

  text(start: number): string {
    return textOf(this.bytes, start, this.p);
  }

  fail(code: string): never {
    throw new Stop(code, this.p);
  }
}

/** SPACE, TAB, VT, FF. */
function isBlank(b: number): boolean {
  return b === SPACE || b === TAB || b === VT || b === FF;
}

function isDigit(b: number): boolean {
  return b >= ZERO && b <= NINE;
}

function byteAt(bytes: Uint8Array, p: number): number {
  return bytes[p] ?? END;
}

/** LF, CR LF, the end of the input, or one CR before it. */
function isLineEnd(bytes: Uint8Array, p: number): boolean {
  const b = byteAt(bytes, p);
  if (b === CR) return p + 1 >= bytes.length || bytes[p + 1] === LF;
  return b === END || b === LF;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let p = start; p < end; p++) text += String.fromCharCode(byteAt(bytes, p));
  return text;
}

/** Line and column of a byte, both from 1. */
function position(bytes: Uint8Array, at: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let p = 0; p < at; p++) {
    if (bytes[p] !== LF) continue;
    line++;
    lineStart = p + 1;
  }
  return { line, column: at - lineStart + 1 };
}

/** `\,` and `\ `; every other backslash is one. */
function unescapeMeasurement(raw: string): string {
  return withoutBackslashes(raw, ', ');
}

/**
 * Tag keys, tag values, field keys: `\,` `\ ` `\=`; every other backslash is one. Telegraf turns `\"` into `"` too, but
 * only where a space, comma or equals sign stands in the raw text as well.
 */
function unescapeKey(raw: string): string {
  const hasSeparator = raw.includes(' ') || raw.includes(',') || raw.includes('=');
  return withoutBackslashes(raw, hasSeparator ? ', ="' : ', =');
}

function withoutBackslashes(raw: string, escapable: string): string {
  let text = '';
  for (let i = 0; i < raw.length; i++) {
    const next = raw[i + 1];
    if (raw[i] === '\\' && next !== undefined && escapable.includes(next)) i++;
    text += raw[i];
  }
  return text;
}

/** `\"`, `\\`, `\n`, `\r`, `\t`; an unknown escape stays as it is. */
function unescapeString(raw: string): string {
  const known: Record<string, string> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };
  let text = '';
  for (let i = 0; i < raw.length; i++) {
    const decoded = raw[i] === '\\' ? known[raw[i + 1] ?? ''] : undefined;
    text += decoded ?? raw[i];
    if (decoded !== undefined) i++;
  }
  return text;
}

/** Sorted by key; of several tags with one key the last. */
export function lastTags(tags: readonly { key: string; value: string }[]): [string, string][] {
  const last = tags.filter(({ key }, i) => !tags.slice(i + 1).some((later) => later.key === key));
  return last.map(({ key, value }): [string, string] => [key, value]).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** In order; of several fields with one key the last at the first place. */
export function lastFields(fields: ReferenceField[]): ReferenceField[] {
  const kept: ReferenceField[] = [];
  for (const field of fields) {
    const at = kept.findIndex(({ key }) => key === field.key);
    if (at < 0) kept.push(field);
    else kept[at] = field;
  }
  return kept;
}

/** What a stage may do to the tags of a line; keys and values unescaped. */
export type ReferenceTagEdit =
  | { set: readonly [key: string, value: string] }
  | { remove: string }
  | { rename: readonly [from: string, to: string] };

/**
 * The record with its tags changed, one edit after the other, everything else byte for byte as it was. A tag that is replaced keeps
 * its place, that of its last occurrence, and earlier ones go; a new tag goes to the end of the tag set; an empty value
 * removes. Undefined when the head cannot be read.
 *
 * @param record as a byte string, without its newline
 */
export function editTags(record: string, edits: readonly ReferenceTagEdit[]): string | undefined {
  let text: string | undefined = record;
  for (const edit of edits) if (text !== undefined) text = editTag(text, edit);
  return text;
}

function editTag(record: string, edit: ReferenceTagEdit): string | undefined {
  const reader = readHead(record);
  if (!reader) return undefined;
  const [key, newKey, value] = editOf(edit);
  if (newKey === key && value === undefined) return record;
  const last = reader.tags.findLastIndex((tag) => tag.key === key);
  if (last < 0 && newKey !== key) return record;

  const firstTag = reader.tags[0]?.start ?? reader.headEnd;
  let text = record.slice(0, firstTag);
  for (const [i, tag] of reader.tags.entries()) {
    const isSame = i === last && newKey === key && value === tag.value;
    if (i === last && value !== '' && newKey !== undefined) {
      const newValue = value === undefined ? rawValue(record, tag) : escapeTag(value);
      text += isSame ? record.slice(tag.start, tag.end) : `,${escapeTag(newKey)}=${newValue}`;
    } else if (tag.key !== key && tag.key !== newKey) {
      text += record.slice(tag.start, tag.end);
    }
  }
  if (last < 0 && value) text += `,${escapeTag(key)}=${escapeTag(value)}`;
  return text + record.slice(reader.headEnd);
}

/** Key that is looked for, key that it shall have (undefined: none, it goes), value that it shall have (undefined: its own). */
function editOf(edit: ReferenceTagEdit): [key: string, newKey: string | undefined, value: string | undefined] {
  if ('set' in edit) return [edit.set[0], edit.set[0], edit.set[1]];
  if ('rename' in edit) return [edit.rename[0], edit.rename[1], undefined];
  return [edit.remove, undefined, undefined];
}

function readHead(record: string): Reader | undefined {
  const bytes = Buffer.from(record, 'latin1');
  let p = 0;
  while (isBlank(byteAt(bytes, p))) p++;
  const reader = new Reader(bytes, p);
  try {
    reader.head();
  } catch (problem) {
    if (problem instanceof Stop) return undefined;
    throw problem;
  }
  return reader;
}

/** A tag's value as it stands in the record: behind the first equals sign that has no backslash before it. */
function rawValue(record: string, tag: { start: number; end: number }): string {
  const raw = record.slice(tag.start, tag.end);
  for (let i = 1; i < raw.length; i++) if (raw[i] === '=' && raw[i - 1] !== '\\') return raw.slice(i + 1);
  throw new Error(`No equals sign in ${raw}`);
}

function escapeTag(text: string): string {
  let escaped = '';
  for (const c of text) escaped += c === ',' || c === ' ' || c === '=' ? `\\${c}` : c;
  return escaped;
}
