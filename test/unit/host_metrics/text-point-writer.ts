import type { PointWriter } from '../../../shared/line-protocol/point-writer.ts';

/** Keeps points as readable text, so that a test can compare them without the real writer. */
export class TextPointWriter implements PointWriter {
  readonly lines: string[] = [];
  #head = '';
  #fields: string[] = [];

  measurement(name: string): this {
    this.#head = name;
    this.#fields = [];
    return this;
  }
  tag(key: string, value: string): this {
    this.#head += `,${key}=${value}`;
    return this;
  }
  float(key: string, value: number): this {
    return this.#field(key, String(value));
  }
  integer(key: string, value: bigint | number): this {
    return this.#field(key, `${value}i`);
  }
  unsigned(key: string, value: bigint | number): this {
    return this.#field(key, `${value}u`);
  }
  boolean(key: string, value: boolean): this {
    return this.#field(key, String(value));
  }
  string(key: string, value: string): this {
    return this.#field(key, JSON.stringify(value));
  }
  end(timeNs?: bigint): boolean {
    if (this.#fields.length === 0) return false;
    this.lines.push(`${this.#head} ${this.#fields.join(',')} ${timeNs}`);
    return true;
  }

  #field(key: string, text: string): this {
    this.#fields.push(`${key}=${text}`);
    return this;
  }
}
