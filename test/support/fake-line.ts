import { type ByteString, fromByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import type {
  Countable,
  FieldValue,
  LineView,
  MeasurementQuestion,
  TagName,
  TagNames,
} from '../../shared/line-protocol/line-view.ts';
import { readFieldValue } from './field-value.ts';

/** Tag names without a kernel. */
export class FakeNames implements TagNames {
  readonly #names = new Map<string, TagName>();

  of(key: string): TagName {
    const name = this.#names.get(key) ?? { key: toByteString(key), id: this.#names.size };
    this.#names.set(key, name);
    return name;
  }
}

/** What a line consists of, as texts. */
export interface FakeLineParts {
  readonly measurement: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** String fields. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly timeMs?: number;
}

/** A line in memory, which notes what a stage asks of it and does to it. */
export class FakeLine implements LineView {
  readonly measurement: ByteString;
  readonly counted: number[] = [];
  dropped = false;
  held: [fromMs: number, toMs: number] | undefined;
  /** Whether the stage will be asked about every line like this one. */
  askedForFields = false;
  askedForTime = false;
  readonly #tags: Map<string, ByteString>;
  readonly #fields: Map<ByteString, FieldValue>;
  readonly #timeMs: number;

  constructor({ measurement, tags = {}, fields = {}, timeMs = 0 }: FakeLineParts) {
    this.measurement = toByteString(measurement);
    this.#tags = new Map(Object.entries(tags).map(([key, value]) => [toByteString(key), toByteString(value)]));
    this.#fields = new Map(
      Object.entries(fields).map(([key, value]) => [toByteString(key), { kind: 'string', value: toByteString(value) }]),
    );
    this.#timeMs = timeMs;
  }

  /** The tags as texts, in their order. */
  get tags(): Record<string, string> {
    return Object.fromEntries([...this.#tags].map(([key, value]) => [key, fromByteString(value)]));
  }

  get timeMs(): number {
    this.askedForTime = true;
    return this.#timeMs;
  }

  answer<T>(question: MeasurementQuestion<T>): T {
    return question.of(this.measurement);
  }

  tag(name: TagName): ByteString | undefined {
    return this.#tags.get(name.key);
  }

  tagCount(name: TagName): number {
    return this.#tags.has(name.key) ? 1 : 0;
  }

  setTag(name: TagName, value: ByteString): void {
    if (value === '') this.removeTag(name);
    else this.#tags.set(name.key, value);
  }

  removeTag(name: TagName): void {
    this.#tags.delete(name.key);
  }

  renameTag(name: TagName, to: TagName): void {
    const tags = [...this.#tags].filter(([key]) => key !== to.key || !this.#tags.has(name.key));
    this.#tags.clear();
    for (const [key, value] of tags) this.#tags.set(key === name.key ? to.key : key, value);
  }

  field(key: ByteString): FieldValue | undefined {
    this.askedForFields = true;
    return this.#fields.get(key);
  }

  addField(key: ByteString, text: ByteString): void {
    if (this.field(key) === undefined) this.setField(key, text);
  }

  setField(key: ByteString, text: ByteString): void {
    this.askedForFields = true;
    this.#fields.set(key, readFieldValue(text));
  }

  removeField(key: ByteString): boolean {
    this.askedForFields = true;
    if ([...this.#fields.keys()].every((each) => each === key)) return false;
    this.#fields.delete(key);
    return true;
  }

  holds(fromMs: number, toMs: number): void {
    this.held = [fromMs, toMs];
  }

  count(counter: Countable): void {
    this.counted.push(counter.id);
  }

  drop(): void {
    this.dropped = true;
  }
}
