import type { ByteString } from './byte-string.ts';

/**
 * A tag key that some stage asks about. Stages get their names once, at start, from `TagNames.of`; the kernel finds the
 * tags of these names and skips all others.
 */
export interface TagName {
  readonly key: ByteString;
  /** Small number, the same for equal keys in one process. */
  readonly id: number;
}

/** The tag names that the stages of one process ask about. */
export interface TagNames {
  /** @throws {TooManyTagsError} when a process asks about more than 250 different names, or 16 KiB of them. */
  of(key: string): TagName;
}

/**
 * A question about measurements, such as whether a glob matches. Make it once, at start: an object is one question, and a process has room for 256. The
 * answer may depend on the name alone. It is remembered, so equal answers must be the same value: a boolean, a number, a string, or one and the same
 * object; a few different ones, or there is little to share.
 */
export interface MeasurementQuestion<T> {
  of(measurement: ByteString): T;
}

/** A value of the field set, decoded. Integers are bigint; a number is the double that `Number()` reads. */
export type FieldValue =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integer' | 'unsigned'; readonly value: bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: ByteString };

/** Something that is counted; see `shared/stats`. */
export interface Countable {
  readonly id: number;
}

/**
 * One line, as a stage sees it: with what earlier stages changed. All answers are unescaped; all values given are escaped
 * by the view.
 *
 * What a stage decides from `measurement` and `tag` alone is remembered and given to later lines with the same
 * measurement and the same named tags, without asking the stage again; what it decides without `measurement`, from `answer` and `tag`, to those of all
 * measurements with the same answers. The view notes what was asked: after `timeMs` the stage says with `holds` for which
 * times its answer is good, or is asked again for every line; after `field` it is asked again for every line.
 */
export interface LineView {
  readonly measurement: ByteString;
  /** The answer for the line's measurement. Where it is enough, ask this: a node writes hundreds of measurements about the same few tags. */
  answer<T>(question: MeasurementQuestion<T>): T;

  /** The value of the tag, of its last occurrence where it stands more than once; undefined when it is absent. */
  tag(name: TagName): ByteString | undefined;
  /** How often the tag stands in the line: 0, 1 or, in lines that no careful program writes, more. */
  tagCount(name: TagName): number;
  /**
   * Replaces the value in place at the last occurrence and removes earlier ones, or adds the tag at the end of the tag set.
   * An empty value removes the tag. The value must be clean (`cleanTagValue`): no control bytes, no trailing backslash.
   *
   * @throws {RangeError} when stages have written more than 128 KiB of tags into the line
   */
  setTag(name: TagName, value: ByteString): void;
  removeTag(name: TagName): void;
  /** Gives a tag another key at its place. A tag of that key that is there already is removed. */
  renameTag(name: TagName, to: TagName): void;

  /** The field's value, of its last occurrence. Undefined when absent, or when the line is malformed up to there. */
  field(key: ByteString): FieldValue | undefined;
  /**
   * Adds a field at the end of the field set unless the line has one of this key; `text` is written as it is, e.g. `1.5` or `7i`.
   * A malformed field set stays as it is.
   */
  addField(key: ByteString, text: ByteString): void;
  /**
   * Replaces the field's value at its last occurrence and removes earlier ones, or adds the field. A malformed field set stays as it is,
   * and so it does when stages have written 128 KiB into it; `field` tells.
   */
  setField(key: ByteString, text: ByteString): void;
  /** Removes the field. Gives false, and leaves it, when no other field is left or the field set is malformed. */
  removeField(key: ByteString): boolean;

  /**
   * The line's time in whole milliseconds. A line without one has the moment at which it is asked; more than 5 s ahead of the clock is now.
   * Call `holds` afterwards.
   */
  readonly timeMs: number;
  /** What this stage did for the line is right for every line like it with a time in [fromMs, toMs). */
  holds(fromMs: number, toMs: number): void;

  /** Adds one to the counter, now and for every later line that gets the same answer. */
  count(counter: Countable): void;
  /** Discards the line. Count it. */
  drop(): void;
}
