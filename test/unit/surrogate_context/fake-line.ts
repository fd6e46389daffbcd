import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { Countable, FieldValue, LineView, TagName, TagNames } from '../../../shared/line-protocol/line-view.ts';

/** Tag names without a kernel. */
export class FakeNames implements TagNames {
  readonly #names = new Map<string, TagName>();

  of(key: string): TagName {
    const name = this.#names.get(key) ?? { key: toByteString(key), id: this.#names.size };
    this.#names.set(key, name);
    return name;
  }
}

/** A line made of `measurement,key=value… field=value… time`, without escapes; `text` is what the stage made of it. */
export class FakeLine implements LineView {
  readonly measurement: ByteString;
  readonly counted: Countable[] = [];
  dropped = false;
  held: [number, number] | undefined;
  #tags: [key: string, value: string][];
  readonly #fields: [key: string, text: string][];
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
    if (text === undefined) return undefined;
    if (text.startsWith('"')) return { kind: 'string', value: toByteString(text.slice(1, -1)) };
    if (/^-?\d+i$/.test(text)) return { kind: 'integer', value: BigInt(text.slice(0, -1)) };
    return { kind: 'float', value: Number(text) };
  }

  addField(key: ByteString, text: ByteString): void {
    if (!this.field(key)) this.#fields.push([key, text]);
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
