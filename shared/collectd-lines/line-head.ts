import type { ByteString } from '../line-protocol/byte-string.ts';
import type { LineBatch } from '../line-protocol/line-reader.ts';

/** What a line says of its series. */
export interface LineHead {
  readonly measurement: ByteString;
  /** Of a tag that stands twice it has the last value. Tags without a value are left out, as collectd has no such thing. */
  readonly tags: ReadonlyMap<ByteString, ByteString>;
}

/** The head of line i. */
export function lineHead(batch: LineBatch, i: number): LineHead {
  const tags = new Map<ByteString, ByteString>();
  for (let t = batch.firstTag(i), end = t + batch.tagCount(i); t < end; t++) {
    const value = batch.tagValue(t);
    if (value !== '') tags.set(batch.tagKey(t), value);
  }
  return { measurement: batch.measurement(i), tags };
}
