import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { escapeKey, unescapeKey, unescapeMeasurement } from '../../../shared/line-protocol/escape.ts';
import type {
  Countable,
  FieldValue,
  LineView,
  MeasurementQuestion,
  TagName,
} from '../../../shared/line-protocol/line-view.ts';
import { readItems } from '../../support/reference-line-protocol.ts';

/** The blanks in line protocol. */
const BLANK = '[ \\t\\v\\f]';
/** The field set, then a time if there is one, then blanks and a CR. */
const TAIL = new RegExp(`^(${BLANK}*)(.*?)(?:(${BLANK}+)(-?[0-9]+))?(${BLANK}*\\r?)$`, 's');

interface ModelTag {
  key: string;
  rawKey: string;
  value: string;
  rawValue: string;
}

/**
 * One record as stages see it, in the slowest and plainest way: one text, taken apart at once, one list of tags, put together at the end. Nothing
 * is remembered between lines.
 */
export class ModelLine implements LineView {
  readonly measurement: ByteString;
  readonly counted: Countable[] = [];
  dropped = false;
  /** Whether a stage asked for fields and they are malformed: the line is bad then, whatever stages did to it. */
  isBad = false;
  readonly #record: string;
  readonly #before: string;
  #tags: ModelTag[];
  readonly #blanks: string;
  #fields: string;
  readonly #after: string;
  readonly #timeMs: number;
  readonly #isWell: boolean;
  readonly #readable: readonly ReferenceField[];
  readonly #addedFields = new Map<string, FieldValue>();

  /** @param record without its newline, with a head that can be read */
  constructor(record: string, nowMs: number) {
    const { before, measurement, tags, end } = takeHeadApart(record);
    this.#record = record;
    this.#before = before;
    this.measurement = unescapeMeasurement(measurement);
    this.#tags = tags;
    const [, blanks = '', fields = '', timeBlanks = '', time = '', rest = ''] = TAIL.exec(record.slice(end)) ?? [];
    this.#blanks = blanks;
    this.#fields = fields;
    this.#after = timeBlanks + time + rest;
    this.#timeMs = timeOf(time, nowMs);
    const all = readFields(fields + this.#after);
    this.#isWell = all !== undefined;
    this.#readable = all ?? fieldsBeforeMistake(fields + this.#after);
  }

  /** What is to be written, without the newline; undefined when the line was dropped. */
  get text(): string | undefined {
    if (this.isBad) return this.#record;
    if (this.dropped) return undefined;
    const tags = this.#tags.map(({ rawKey, rawValue }) => `,${rawKey}=${rawValue}`);
    return this.#before + tags.join('') + this.#blanks + this.#fields + this.#after;
  }

  get timeMs(): number {
    return this.#timeMs;
  }

  answer<T>(question: MeasurementQuestion<T>): T {
    return question.of(this.measurement);
  }

  tag(name: TagName): ByteString | undefined {
    return this.#tags.findLast(({ key }) => key === name.key)?.value as ByteString | undefined;
  }

  tagCount(name: TagName): number {
    return this.#tags.filter(({ key }) => key === name.key).length;
  }

  setTag(name: TagName, value: ByteString): void {
    if (value === '') return this.removeTag(name);
    const last = this.#tags.findLast(({ key }) => key === name.key);
    if (!last) this.#tags.push({ key: name.key, rawKey: escapeKey(name.key), value, rawValue: escapeKey(value) });
    else if (last.value !== value) {
      Object.assign(last, { rawKey: escapeKey(name.key), value, rawValue: escapeKey(value) });
    }
    this.#tags = this.#tags.filter((tag) => tag.key !== name.key || tag === last || !last);
  }

  removeTag(name: TagName): void {
    this.#tags = this.#tags.filter(({ key }) => key !== name.key);
  }

  renameTag(name: TagName, to: TagName): void {
    const last = this.#tags.findLast(({ key }) => key === name.key);
    if (!last || name.key === to.key) return;
    this.#tags = this.#tags.filter((tag) => tag === last || (tag.key !== name.key && tag.key !== to.key));
    Object.assign(last, { key: to.key, rawKey: escapeKey(to.key) });
  }

  field(key: ByteString): FieldValue | undefined {
    this.isBad ||= !this.#isWell;
    const field = this.#readable.find((each) => each.key === key);
    if (!field) return this.#addedFields.get(key);
    switch (field.kind) {
      case 'integer':
      case 'unsigned':
        return { kind: field.kind, value: BigInt(field.value) };
      case 'boolean':
        return { kind: 'boolean', value: field.value === 'true' };
      case 'float':
        return { kind: 'float', value: Number(field.value) };
      default:
        return { kind: 'string', value: field.value as ByteString };
    }
  }

  /** @param text an integer */
  addField(key: ByteString, text: ByteString): void {
    if (this.field(key) || !this.#isWell) return;
    this.#fields += `,${escapeKey(key)}=${text}`;
    this.#addedFields.set(key, { kind: 'integer', value: BigInt(text.slice(0, -1)) });
  }

  setField(): void {
    throw new Error('The model does not replace fields');
  }

  removeField(): boolean {
    throw new Error('The model does not remove fields');
  }

  holds(): void {}

  count(counter: Countable): void {
    this.counted.push(counter);
  }

  drop(): void {
    this.dropped = true;
  }
}

type ReferenceField = NonNullable<ReturnType<typeof readItems>[number]['point']>['fields'][number];

/** Of several with one key the last; undefined when the text is malformed. */
function readFields(text: string): readonly ReferenceField[] | undefined {
  return readItems(Buffer.from(`m ${text}`, 'latin1'))[0]?.point?.fields;
}

/** The longest part that is well-formed and ends where a field can end. */
function fieldsBeforeMistake(text: string): readonly ReferenceField[] {
  for (let end = text.length - 1; end > 0; end--) {
    if (!/[,"]$/.test(text.slice(0, end + 1)) && !isBlank(text[end])) continue;
    const fields = readFields(text[end] === '"' ? text.slice(0, end + 1) : text.slice(0, end));
    if (fields) return fields;
  }
  return [];
}

function takeHeadApart(record: string): { before: string; measurement: string; tags: ModelTag[]; end: number } {
  let p = 0;
  while (isBlank(record[p])) p++;
  const start = p;
  while (record[p] !== ',' && !isBlank(record[p])) p += record[p] === '\\' ? 2 : 1;
  const measurement = record.slice(start, p);
  const before = record.slice(0, p);
  const tags: ModelTag[] = [];
  while (record[p] === ',') {
    const key = ++p;
    while (record[p] !== '=' || record[p - 1] === '\\') p++;
    const value = ++p;
    while ((record[p] !== ',' && !isBlank(record[p])) || record[p - 1] === '\\') p++;
    const rawKey = record.slice(key, value - 1);
    const rawValue = record.slice(value, p);
    tags.push({ key: unescapeKey(rawKey), rawKey, value: unescapeKey(rawValue), rawValue });
  }
  return { before, measurement, tags, end: p };
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t' || c === '\v' || c === '\f';
}

/** Whole milliseconds, as stages see them. */
function timeOf(text: string, nowMs: number): number {
  if (text === '') return nowMs;
  const ns = BigInt(text);
  if (ns < -(2n ** 63n) || ns >= 2n ** 63n) return nowMs;
  const ms = Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  return ms > nowMs + 5000 ? nowMs : ms;
}
