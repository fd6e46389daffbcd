import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { CONTEXT_KEYS, type ContextKey, LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/** What one source knows of a surrogate. Absent means: ask the next source. */
export interface ContextValues {
  /** Clean, as `LineView.setTag` wants them. */
  readonly tags: ReadonlyMap<ContextKey, ByteString>;
  /** Texts of floats, as `LineView.addField` wants them. */
  readonly fields: ReadonlyMap<LocationKey, ByteString>;
}

/** A source that knows nothing. */
export const NO_CONTEXT: ContextValues = { tags: new Map(), fields: new Map() };

/** Joins sources tag by tag: the first that has a value wins. The order of the result is that of the model. */
export function firstOf(...sources: readonly ContextValues[]): ContextValues {
  const tags = new Map<ContextKey, ByteString>();
  const fields = new Map<LocationKey, ByteString>();
  for (const key of CONTEXT_KEYS) {
    const value = sources.find((source) => source.tags.has(key))?.tags.get(key);
    if (value !== undefined) tags.set(key, value);
  }
  for (const key of LOCATION_KEYS) {
    const value = sources.find((source) => source.fields.has(key))?.fields.get(key);
    if (value !== undefined) fields.set(key, value);
  }
  return { tags, fields };
}

/** A number as a float field. */
export function fieldText(value: number): ByteString {
  return toByteString(String(value));
}
