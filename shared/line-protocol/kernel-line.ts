import type { ByteString } from './byte-string.ts';
import { escapeKey, unescapeKey, unescapeMeasurement, unescapeString } from './escape.ts';
import {
  BOOLEAN,
  FIELD_COUNT,
  FIELD_SIZE,
  FIELDS,
  FLOAT,
  INTEGER,
  MEASUREMENT_END,
  ROW_SIZE,
  ROWS,
  SLOW_FLOAT,
  STRING,
  TAG_COUNT,
  TAG_SIZE,
  TAGS,
  UNSIGNED,
} from './kernel/layout.ts';
import type { Kernel } from './kernel.ts';
import type { Countable, FieldValue, LineView, TagName } from './line-view.ts';

/** A tag of the line: where it stands in the input, or what a stage made of it. */
interface Tag {
  id: number;
  /** `key=value` as it stands in the line, or is to stand there. */
  raw: string;
  /** Where the value begins in `raw`. */
  valueAt: number;
  value: ByteString;
}

/** A field of the line, `key=value` as it stands there or is to stand there. */
interface Field {
  readonly key: ByteString;
  raw: string;
}

const NO_TAGS: readonly Tag[] = [];

/** A line of the kernel's batch as stages see it, and what they want done with it. One object serves all lines. */
export class KernelLine implements LineView {
  readonly #kernel: Kernel;
  #head = 0;
  #headEnd = 0;
  #end = 0;
  #nowMs = 0;
  #measurement: ByteString | undefined;
  #inPlace: Tag[] = [];
  #added: Tag[] = [];
  #fieldsRead = false;
  #fieldsWell = false;
  #fields: Field[] | undefined;
  #timeAsked = false;

  /** Whether a tag of the input was replaced, renamed or removed, so that the head must be written anew. */
  headChanged = false;
  /** Whether a field of the input was replaced or removed, so that the field set must be written anew. */
  fieldsChanged = false;
  dropped = false;
  /** Whether the answer depends on more than the head: it is good for this line only. */
  dynamic = false;
  fromMs = Number.NEGATIVE_INFINITY;
  toMs = Number.POSITIVE_INFINITY;
  counted: Countable[] = [];
  addedFields = '';

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Takes the record of a row. Gives 0, or the error code of its head. */
  load(row: number, nowMs: number): number {
    const { i32 } = this.#kernel;
    const at = (ROWS + row * ROW_SIZE) >> 2;
    this.#head = i32[at + 1] as number;
    this.#headEnd = i32[at + 2] as number;
    this.#end = i32[at + 3] as number;
    this.#nowMs = nowMs;
    this.#measurement = undefined;
    this.#added = NO_TAGS as Tag[];
    this.#fieldsRead = false;
    this.#fields = undefined;
    this.#timeAsked = false;
    this.headChanged = false;
    this.fieldsChanged = false;
    this.dropped = false;
    this.dynamic = false;
    this.fromMs = Number.NEGATIVE_INFINITY;
    this.toMs = Number.POSITIVE_INFINITY;
    this.counted = [];
    this.addedFields = '';
    return this.#readTags();
  }

  #readTags(): number {
    const { i32, bytes } = this.#kernel;
    const code = this.#kernel.walkHead(this.#head, this.#headEnd);
    if (code) return code;
    const count = i32[TAG_COUNT >> 2] as number;
    const tags = new Array<Tag>(count);
    for (let i = 0; i < count; i++) {
      const at = (TAGS + i * TAG_SIZE) >> 2;
      const raw = bytes.toString('latin1', i32[at + 1], i32[at + 4]);
      const id = i32[at] as number;
      const valueAt = (i32[at + 3] as number) - (i32[at + 1] as number);
      tags[i] = { id, raw, valueAt, value: unescapeKey(id < 0 ? '' : raw.slice(valueAt)) };
    }
    this.#inPlace = tags;
    return 0;
  }

  get measurement(): ByteString {
    this.#measurement ??= unescapeMeasurement(this.#measurementText());
    return this.#measurement;
  }

  #measurementText(): string {
    return this.#kernel.bytes.toString('latin1', this.#head, this.#kernel.i32[MEASUREMENT_END >> 2]);
  }

  tag(name: TagName): ByteString | undefined {
    return (last(this.#added, name.id) ?? last(this.#inPlace, name.id))?.value;
  }

  tagCount(name: TagName): number {
    return occurrences(this.#inPlace, name.id) + occurrences(this.#added, name.id);
  }

  setTag(name: TagName, value: ByteString): void {
    if (value === '') return this.removeTag(name);
    const key = `${escapeKey(name.key)}=`;
    const raw = key + escapeKey(value);
    const added = last(this.#added, name.id);
    if (added) {
      added.value = value;
      added.raw = raw;
      added.valueAt = key.length;
      return;
    }
    const tag = last(this.#inPlace, name.id);
    if (!tag) {
      if (this.#added === NO_TAGS) this.#added = [];
      this.#added.push({ id: name.id, raw, valueAt: key.length, value });
      return;
    }
    if (tag.value !== value) {
      tag.value = value;
      tag.raw = raw;
      tag.valueAt = key.length;
      this.headChanged = true;
    }
    this.#removeInPlace(name.id, tag);
  }

  removeTag(name: TagName): void {
    if (last(this.#added, name.id)) this.#added = this.#added.filter((tag) => tag.id !== name.id);
    this.#removeInPlace(name.id, undefined);
  }

  #removeInPlace(id: number, except: Tag | undefined): void {
    const kept = this.#inPlace.filter((tag) => tag.id !== id || tag === except);
    if (kept.length === this.#inPlace.length) return;
    this.#inPlace = kept;
    this.headChanged = true;
  }

  renameTag(name: TagName, to: TagName): void {
    const tag = last(this.#added, name.id) ?? last(this.#inPlace, name.id);
    if (!tag || name.id === to.id) return;
    this.removeTag(to);
    tag.id = to.id;
    const key = `${escapeKey(to.key)}=`;
    tag.raw = key + tag.raw.slice(tag.valueAt);
    tag.valueAt = key.length;
    this.headChanged ||= this.#inPlace.includes(tag);
    this.removeTag(name);
  }

  field(key: ByteString): FieldValue | undefined {
    const { i32, bytes } = this.#kernel;
    this.#readFields();
    for (let i = (i32[FIELD_COUNT >> 2] as number) - 1; i >= 0; i--) {
      const at = (FIELDS + i * FIELD_SIZE) >> 2;
      if (unescapeKey(bytes.toString('latin1', i32[at], i32[at + 1])) === key) return fieldValue(this.#kernel, at);
    }
    return undefined;
  }

  #readFields(): void {
    this.dynamic = true;
    if (!this.#fieldsRead) this.#fieldsWell = this.#kernel.readFields(this.#headEnd, this.#end) === 0;
    this.#fieldsRead = true;
  }

  /** The field set as it is to be written. */
  #fieldList(): Field[] {
    const { i32, bytes } = this.#kernel;
    this.#readFields();
    this.#fields ??= Array.from({ length: i32[FIELD_COUNT >> 2] as number }, (_, i) => {
      const at = (FIELDS + i * FIELD_SIZE) >> 2;
      const end = (i32[at + 4] as number) + (i32[at + 2] === STRING ? 1 : 0);
      return {
        key: unescapeKey(bytes.toString('latin1', i32[at], i32[at + 1])),
        raw: bytes.toString('latin1', i32[at], end),
      };
    });
    return this.#fields;
  }

  addField(key: ByteString, text: ByteString): void {
    const fields = this.#fieldList();
    if (fields.some((field) => field.key === key)) return;
    const raw = `${escapeKey(key)}=${text}`;
    fields.push({ key, raw });
    this.addedFields += `,${raw}`;
  }

  setField(key: ByteString, text: ByteString): void {
    const fields = this.#fieldList();
    const known = fields.findLast((field) => field.key === key);
    if (!known) return this.addField(key, text);
    if (!this.#fieldsWell) return;
    const raw = `${escapeKey(key)}=${text}`;
    this.#keepFields((field) => field.key !== key || field === known);
    if (known.raw !== raw) this.fieldsChanged = true;
    known.raw = raw;
  }

  removeField(key: ByteString): boolean {
    if (!this.#fieldsWell && this.#fieldsRead) return false;
    if (this.#fieldList().every((field) => field.key === key)) return false;
    this.#keepFields((field) => field.key !== key);
    return this.#fieldsWell;
  }

  #keepFields(wanted: (field: Field) => boolean): void {
    const fields = this.#fieldList();
    const kept = fields.filter(wanted);
    if (kept.length === fields.length || !this.#fieldsWell) return;
    this.#fields = kept;
    this.fieldsChanged = true;
  }

  get timeMs(): number {
    this.#timeAsked = true;
    return this.#kernel.lineTimeMs(this.#headEnd, this.#end, this.#nowMs);
  }

  holds(fromMs: number, toMs: number): void {
    this.#timeAsked = false;
    this.fromMs = Math.max(this.fromMs, fromMs);
    this.toMs = Math.min(this.toMs, toMs);
  }

  /** Called after each stage: a time that was asked for and not answered with `holds` makes the answer good for this line only. */
  stageDone(): void {
    if (this.#timeAsked) this.dynamic = true;
    this.#timeAsked = false;
  }

  count(counter: Countable): void {
    this.counted.push(counter);
  }

  drop(): void {
    this.dropped = true;
  }

  /** The tags to insert at the end of the tag set, `,key=value` each; empty when there are none. */
  addedTags(): string {
    let text = '';
    for (const tag of this.#added) text += `,${tag.raw}`;
    return text;
  }

  /** The whole field set as it is to be written. */
  newFields(): string {
    return this.#fieldList()
      .map((field) => field.raw)
      .join(',');
  }

  /** The whole head as it is to be written. */
  newHead(): string {
    let text = this.#measurementText();
    for (const tag of this.#inPlace) text += `,${tag.raw}`;
    return text + this.addedTags();
  }

  /** Up to 60 bytes from the line's start, for messages. */
  extract(): ByteString {
    return this.#kernel.bytes.toString('latin1', this.#head, Math.min(this.#end, this.#head + 60)) as ByteString;
  }
}

function last(tags: readonly Tag[], id: number): Tag | undefined {
  for (let i = tags.length - 1; i >= 0; i--) if (tags[i]?.id === id) return tags[i];
  return undefined;
}

function occurrences(tags: readonly Tag[], id: number): number {
  let n = 0;
  for (const tag of tags) if (tag.id === id) n++;
  return n;
}

/** Decodes the field in the kernel's table at this index of its i32 view. */
export function fieldValue(kernel: Kernel, at: number): FieldValue | undefined {
  const { i32, bytes } = kernel;
  const text = () => bytes.toString('latin1', i32[at + 3], i32[at + 4]);
  switch (i32[at + 2]) {
    case FLOAT:
      return { kind: 'float', value: kernel.f64[(at + 6) >> 1] as number };
    case SLOW_FLOAT:
      return { kind: 'float', value: Number(text()) };
    case INTEGER:
      return { kind: 'integer', value: kernel.i64[(at + 6) >> 1] as bigint };
    case UNSIGNED:
      return { kind: 'unsigned', value: kernel.u64[(at + 6) >> 1] as bigint };
    case BOOLEAN:
      return { kind: 'boolean', value: kernel.i32[at + 6] === 1 };
    case STRING:
      return { kind: 'string', value: unescapeString(text()) };
    default:
      return undefined;
  }
}
