import type { ByteString } from './byte-string.ts';
import { escapeKey, unescapeKey, unescapeMeasurement, unescapeString } from './escape.ts';
import {
  BOOLEAN,
  ERROR_AT,
  FIELD_COUNT,
  FIELD_KEY,
  FIELD_KEY_END,
  FIELD_KIND,
  FIELD_NUMBER,
  FIELD_SIZE,
  FIELD_VALUE,
  FIELD_VALUE_END,
  FIELDS,
  FLOAT,
  INTEGER,
  MEASUREMENT,
  MEASUREMENT_END,
  ROW_END,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROWS,
  SLOW_FLOAT,
  STRING,
  TAG_COUNT,
  TAG_ID,
  TAG_KEY,
  TAG_SIZE,
  TAG_VALUE,
  TAG_VALUE_END,
  TAGS,
  UNSIGNED,
} from './kernel/layout.ts';
import type { Kernel } from './kernel.ts';
import type { Countable, FieldValue, LineView, MeasurementQuestion, TagName } from './line-view.ts';
import { MeasurementGroups } from './measurement-groups.ts';

/** A tag of the line: where it stands in the input, or what a stage made of it. */
interface Tag {
  id: number;
  /** Where it stands in the kernel's memory: key, value, end. */
  readonly keyAt: number;
  readonly valueAt: number;
  readonly end: number;
  /** What is to stand there instead, as it is written. */
  key: string | undefined;
  rawValue: string | undefined;
  /** The value, once it was asked for. */
  value: ByteString | undefined;
}

/** A field of the line: where it stands in the kernel's table, or the value that a stage wrote. */
interface Field {
  readonly key: ByteString;
  readonly value: number | ByteString;
}

const NO_TAGS: readonly Tag[] = [];
/** What stages may add to the fields of one line: with a record as long as the limit it fits into what a batch keeps free for each line. */
const MAX_ADDED_FIELDS_BYTES = 131072;
/** What stages may write into the tags of one line, before escaping. */
const MAX_WRITTEN_TAG_BYTES = 131072;

/** A line of the kernel's batch as stages see it, and what they want done with it. One object serves all lines. */
export class KernelLine implements LineView {
  readonly #kernel: Kernel;
  readonly #groups: MeasurementGroups;
  #head = 0;
  #headEnd = 0;
  #end = 0;
  #nowMs = 0;
  #measurement: ByteString | undefined;
  /** Of its measurement in the kernel, or -1. */
  #number = -1;
  #inPlace: Tag[] = [];
  /** A bit for each named tag that is or was there, by the last five of its number: most that are asked for are not. */
  #present = 0;
  #added: Tag[] = [];
  #fieldsWell = false;
  #fields: Field[] | undefined;
  /** Bytes that stages wrote into the field set. */
  #fieldBytes = 0;
  /** Bytes that stages wrote into the tag set. */
  #tagBytes = 0;
  #timeAsked = false;

  /** Whether the kernel knows the measurement only since the line was loaded. */
  isMeasurementNew = false;
  /** Whether a tag of the input was replaced, renamed or removed, so that the head must be written anew. */
  headChanged = false;
  /** Whether a field of the input was replaced or removed, so that the field set must be written anew. */
  fieldsChanged = false;
  /** What is wrong with the field set, where a stage asked for one and it is malformed. */
  fieldsMistake: { readonly code: number; readonly at: number } | undefined;
  dropped = false;
  /** Whether the answer depends on more than the head: it is good for this line only. */
  dynamic = false;
  fromMs = Number.NEGATIVE_INFINITY;
  toMs = Number.POSITIVE_INFINITY;
  counted: Countable[] = [];
  addedFields = '';

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#groups = new MeasurementGroups(kernel);
  }

  /** Takes the record of a row. Gives 0, or the error code of its head. */
  load(row: number, nowMs: number): number {
    const { i32 } = this.#kernel;
    const at = ROWS + row * ROW_SIZE;
    this.#head = i32[(at + ROW_HEAD) >> 2] as number;
    this.#headEnd = i32[(at + ROW_HEAD_END) >> 2] as number;
    this.#end = i32[(at + ROW_END) >> 2] as number;
    this.#nowMs = nowMs;
    this.#measurement = undefined;
    this.isMeasurementNew = false;
    this.#added = NO_TAGS as Tag[];
    this.#fields = undefined;
    this.#fieldBytes = 0;
    this.#tagBytes = 0;
    this.#timeAsked = false;
    this.headChanged = false;
    this.fieldsChanged = false;
    this.fieldsMistake = undefined;
    this.dropped = false;
    this.dynamic = false;
    this.fromMs = Number.NEGATIVE_INFINITY;
    this.toMs = Number.POSITIVE_INFINITY;
    this.counted = [];
    this.addedFields = '';
    return this.#readTags();
  }

  #readTags(): number {
    const { i32 } = this.#kernel;
    const code = this.#kernel.walkHead(this.#head, this.#headEnd);
    if (code) return code;
    this.#number = i32[MEASUREMENT >> 2] as number;
    if (this.#number < 0) {
      const end = i32[MEASUREMENT_END >> 2] as number;
      this.#number = this.#groups.add(this.#measurementValue(), this.#head, end);
      this.isMeasurementNew = this.#number >= 0;
    }
    const count = i32[TAG_COUNT >> 2] as number;
    const tags = new Array<Tag>(count);
    this.#present = 0;
    for (let i = 0, at = TAGS; i < count; i++, at += TAG_SIZE) {
      const id = i32[(at + TAG_ID) >> 2] as number;
      if (id >= 0) this.#present |= 1 << id;
      tags[i] = {
        id,
        keyAt: i32[(at + TAG_KEY) >> 2] as number,
        valueAt: i32[(at + TAG_VALUE) >> 2] as number,
        end: i32[(at + TAG_VALUE_END) >> 2] as number,
        key: undefined,
        rawValue: undefined,
        value: undefined,
      };
    }
    this.#inPlace = tags;
    return 0;
  }

  #rawValue(tag: Tag): string {
    return tag.rawValue ?? this.#kernel.bytes.latin1Slice(tag.valueAt, tag.end);
  }

  #value(tag: Tag): ByteString {
    tag.value ??= unescapeKey(this.#rawValue(tag));
    return tag.value;
  }

  /** `key=value` as it is to stand in the line. */
  #raw(tag: Tag): string {
    const { bytes } = this.#kernel;
    if (tag.key === undefined && tag.rawValue === undefined) return bytes.latin1Slice(tag.keyAt, tag.end);
    return (tag.key ?? bytes.latin1Slice(tag.keyAt, tag.valueAt)) + this.#rawValue(tag);
  }

  get measurement(): ByteString {
    if (this.#number >= 0) this.#groups.setAlone(this.#number);
    return this.#measurementValue();
  }

  answer<T>(question: MeasurementQuestion<T>): T {
    if (this.#number < 0) return question.of(this.#measurementValue());
    return this.#groups.answer(this.#number, question);
  }

  #measurementValue(): ByteString {
    this.#measurement ??= unescapeMeasurement(this.#measurementText());
    return this.#measurement;
  }

  #measurementText(): string {
    return this.#kernel.bytes.latin1Slice(this.#head, this.#kernel.i32[MEASUREMENT_END >> 2]);
  }

  tag(name: TagName): ByteString | undefined {
    if ((this.#present & (1 << name.id)) === 0) return undefined;
    const tag = last(this.#added, name.id) ?? last(this.#inPlace, name.id);
    return tag && this.#value(tag);
  }

  tagCount(name: TagName): number {
    if ((this.#present & (1 << name.id)) === 0) return 0;
    return occurrences(this.#inPlace, name.id) + occurrences(this.#added, name.id);
  }

  setTag(name: TagName, value: ByteString): void {
    if (value === '') return this.removeTag(name);
    this.#tagBytes += name.key.length + value.length;
    if (this.#tagBytes > MAX_WRITTEN_TAG_BYTES) throw new RangeError('More than 128 KiB of tags for one line');
    const added = last(this.#added, name.id);
    const tag = added ?? last(this.#inPlace, name.id);
    if (!tag) {
      this.#present |= 1 << name.id;
      if (this.#added === NO_TAGS) this.#added = [];
      this.#added.push(newTag(name, value));
      return;
    }
    if (this.#value(tag) !== value) {
      tag.value = value;
      tag.rawValue = escapeKey(value);
      if (!added) this.headChanged = true;
    }
    if (added) return;
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
    this.#present |= 1 << to.id;
    tag.key = `${escapeKey(to.key)}=`;
    this.headChanged ||= this.#inPlace.includes(tag);
    this.removeTag(name);
  }

  field(key: ByteString): FieldValue | undefined {
    const found = this.#fieldList().findLast((field) => field.key === key);
    if (!found) return undefined;
    return typeof found.value === 'number' ? fieldValue(this.#kernel, found.value) : writtenValue(found.value);
  }

  /** The fields in their order, with what stages did to them; of a malformed field set those before the mistake. */
  #fieldList(): Field[] {
    this.dynamic = true;
    if (this.#fields) return this.#fields;
    const { i32, bytes } = this.#kernel;
    const code = this.#kernel.readFields(this.#headEnd, this.#end);
    this.#fieldsWell = code === 0;
    if (code) this.fieldsMistake = { code, at: i32[ERROR_AT >> 2] as number };
    this.#fields = Array.from({ length: i32[FIELD_COUNT >> 2] as number }, (_, i) => {
      const at = FIELDS + i * FIELD_SIZE;
      const key = bytes.latin1Slice(i32[(at + FIELD_KEY) >> 2], i32[(at + FIELD_KEY_END) >> 2]);
      return { key: unescapeKey(key), value: at };
    });
    return this.#fields;
  }

  addField(key: ByteString, text: ByteString): void {
    const fields = this.#fieldList();
    if (!this.#fieldsWell || fields.some((field) => field.key === key)) return;
    const added = { key, value: text };
    const raw = `,${this.#rawField(added)}`;
    if (!this.#hasRoomFor(raw)) return;
    this.#fieldBytes += raw.length;
    this.addedFields += raw;
    fields.push(added);
  }

  setField(key: ByteString, text: ByteString): void {
    const fields = this.#fieldList();
    const last = fields.findLast((field) => field.key === key);
    const written = { key, value: text };
    const raw = this.#rawField(written);
    if (!last) {
      if (this.#hasRoomFor(`,${raw}`)) this.addField(key, text);
      return;
    }
    const set = this.#rawField(last) === raw ? last : written;
    const kept = fields.filter((field) => field.key !== key || field === last);
    this.#writeAnew(
      kept.map((field) => (field === last ? set : field)),
      set === last ? '' : raw,
    );
  }

  removeField(key: ByteString): boolean {
    const kept = this.#fieldList().filter((field) => field.key !== key);
    return kept.length > 0 && this.#writeAnew(kept, '');
  }

  /** Takes these fields, of which `raw` is new, for the field set. Gives false where it must stay as it is. */
  #writeAnew(fields: Field[], raw: string): boolean {
    const before = this.#fieldList();
    if (!this.#fieldsWell) return false;
    if (fields.length === before.length && fields.every((field, i) => field === before[i])) return true;
    if (!this.#hasRoomFor(raw)) return false;
    this.#fieldBytes += raw.length;
    this.#fields = fields;
    this.fieldsChanged = true;
    return true;
  }

  #hasRoomFor(raw: string): boolean {
    return this.#fieldBytes + raw.length <= MAX_ADDED_FIELDS_BYTES;
  }

  /** `key=value` as it stands in the line or is to stand there. */
  #rawField({ key, value }: Field): string {
    if (typeof value !== 'number') return `${escapeKey(key)}=${value}`;
    const { i32, bytes } = this.#kernel;
    const quote = i32[(value + FIELD_KIND) >> 2] === STRING ? 1 : 0;
    const end = (i32[(value + FIELD_VALUE_END) >> 2] as number) + quote;
    return bytes.latin1Slice(i32[(value + FIELD_KEY) >> 2], end);
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

  get hasAddedTags(): boolean {
    return this.#added.length > 0;
  }

  /** The tags to insert at the end of the tag set, `,key=value` each; empty when there are none. */
  addedTags(): string {
    let text = '';
    for (const tag of this.#added) text += `,${this.#raw(tag)}`;
    return text;
  }

  /** The whole field set as it is to be written. */
  newFields(): string {
    return this.#fieldList()
      .map((field) => this.#rawField(field))
      .join(',');
  }

  /** The whole head as it is to be written. */
  newHead(): string {
    let text = this.#measurementText();
    for (const tag of this.#inPlace) text += `,${this.#raw(tag)}`;
    return text + this.addedTags();
  }

  /** Up to 60 bytes from the line's start, for messages. */
  extract(): ByteString {
    return this.#kernel.bytes.latin1Slice(this.#head, Math.min(this.#end, this.#head + 60)) as ByteString;
  }
}

function newTag(name: TagName, value: ByteString): Tag {
  return {
    id: name.id,
    keyAt: 0,
    valueAt: 0,
    end: 0,
    key: `${escapeKey(name.key)}=`,
    rawValue: escapeKey(value),
    value,
  };
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

/** Decodes the field that stands there in one of the kernel's tables. */
export function fieldValue(kernel: Kernel, at: number): FieldValue | undefined {
  const { i32, bytes } = kernel;
  const text = () => bytes.latin1Slice(i32[(at + FIELD_VALUE) >> 2], i32[(at + FIELD_VALUE_END) >> 2]);
  switch (i32[(at + FIELD_KIND) >> 2]) {
    case FLOAT:
      return { kind: 'float', value: kernel.f64[(at + FIELD_NUMBER) >> 3] as number };
    case SLOW_FLOAT:
      return { kind: 'float', value: Number(text()) };
    case INTEGER:
      return { kind: 'integer', value: kernel.i64[(at + FIELD_NUMBER) >> 3] as bigint };
    case UNSIGNED:
      return { kind: 'unsigned', value: kernel.u64[(at + FIELD_NUMBER) >> 3] as bigint };
    case BOOLEAN:
      return { kind: 'boolean', value: kernel.i32[(at + FIELD_NUMBER) >> 2] === 1 };
    case STRING:
      return { kind: 'string', value: unescapeString(text()) };
    default:
      return undefined;
  }
}

/** Decodes a value that a stage wrote, which is well-formed. */
function writtenValue(text: ByteString): FieldValue {
  if (text.startsWith('"')) return { kind: 'string', value: unescapeString(text.slice(1, -1)) };
  if (/^[tf]/i.test(text)) return { kind: 'boolean', value: /^t/i.test(text) };
  if (text.endsWith('i')) return { kind: 'integer', value: BigInt(text.slice(0, -1)) };
  if (text.endsWith('u')) return { kind: 'unsigned', value: BigInt(text.slice(0, -1)) };
  return { kind: 'float', value: Number(text) };
}
