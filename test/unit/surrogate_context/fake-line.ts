import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type {
  Countable,
  FieldValue,
  LineView,
  MeasurementQuestion,
  TagName,
} from '../../../shared/line-protocol/line-view.ts';
import { readFieldValue } from '../../support/field-value.ts';

/** A line made of `measurement,key=value… field=value… time`, without escapes; `text` is what the stage made of it. */
export class FakeLine implements LineView {
  readonly measurement: ByteString;
  readonly counted: Countable[] = [];
  dropped = false;
  held: [number, number] | undefined;
  #tags: [key: string, value: string][];
  #fields: [key: string, text: string][];
  readonly #time: string | undefined;

  constructor(text: string) {
    const [head = '', fields = '', time] = text.split(' ');
    const [measurement = '', ...tags] = head.split(',');
    const pair = (each: string): [string, string] => [
      each.slice(0, each.indexOf('=')),
      each.slice(each.indexOf('=') + 1),
    ];
    this.measurement = toByteString(measurement);
    this.#tags = tags.map(pair);
    this.#fields = fields.split(',').map(pair);
    this.#time = time;
  }

  get text(): string {
    if (this.dropped) return '';
    const head = [this.measurement, ...this.#tags.map(([key, value]) => `${key}=${value}`)].join(',');
    const fields = this.#fields.map(([key, value]) => `${key}=${value}`).join(',');
    return [head, fields, ...(this.#time === undefined ? [] : [this.#time])].join(' ');
  }

  get timeMs(): number {
    return Number(this.#time ?? 0) / 1e6;
  }

  answer<T>(question: MeasurementQuestion<T>): T {
    return question.of(this.measurement);
  }

  tag(name: TagName): ByteString | undefined {
    const value = this.#tags.findLast(([key]) => key === name.key)?.[1];
    return value === undefined ? undefined : toByteString(value);
  }

  tagCount(name: TagName): number {
    return this.#tags.filter(([key]) => key === name.key).length;
  }

  setTag(name: TagName, value: ByteString): void {
    const last = this.#tags.findLastIndex(([key]) => key === name.key);
    if (value === '') this.removeTag(name);
    else if (last < 0) this.#tags.push([name.key, value]);
    else {
      this.#tags[last] = [name.key, value];
      this.#tags = this.#tags.filter(([key], i) => key !== name.key || i === last);
    }
  }

  removeTag(name: TagName): void {
    this.#tags = this.#tags.filter(([key]) => key !== name.key);
  }

  renameTag(name: TagName, to: TagName): void {
    const last = this.#tags.findLastIndex(([key]) => key === name.key);
    if (last < 0) return;
    const value = this.#tags[last]?.[1] ?? '';
    this.#tags[last] = [to.key, value];
    this.#tags = this.#tags.filter(([key], i) => i === last || (key !== to.key && key !== name.key));
  }

  field(key: ByteString): FieldValue | undefined {
    const text = this.#fields.findLast(([each]) => each === key)?.[1];
    return text === undefined ? undefined : readFieldValue(toByteString(text));
  }

  addField(key: ByteString, text: ByteString): void {
    if (!this.field(key)) this.#fields.push([key, text]);
  }

  setField(key: ByteString, text: ByteString): void {
    const last = this.#fields.findLastIndex(([each]) => each === key);
    if (last < 0) return this.addField(key, text);
    this.#fields[last] = [key, text];
    this.#fields = this.#fields.filter(([each], i) => each !== key || i === last);
  }

  removeField(key: ByteString): boolean {
    const kept = this.#fields.filter(([each]) => each !== key);
    if (kept.length === 0) return false;
    this.#fields = kept;
    return true;
  }

  holds(fromMs: number, toMs: number): void {
    this.held = [fromMs, toMs];
  }

  count(counter: Countable): void {
    this.counted.push(counter);
  }

  drop(): void {
    this.dropped = true;
  }
}
