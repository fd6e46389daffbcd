/**
 * Values as line protocol text. Written is only what Telegraf's two parsers and InfluxDB's read alike; for all else these functions
 * give undefined, and `whyUnwritable` the reason.
 *
 * Sources: plugins/parsers/influx (Telegraf 1.39), influxdata/line-protocol v2; docs/reference/line-protocol.md has the rules.
 */
import { isUtf8 } from 'node:buffer';
import type { ByteString } from './byte-string.ts';
import { LineProtocolError } from './errors.ts';
import { escapeKey } from './escape.ts';
import type { FieldValue } from './line-view.ts';
import { visibleBytes } from './messages.ts';

/** The parts of a line that a value can be unwritable in. */
export type LinePart = 'measurement' | 'tag key' | 'tag value' | 'field key' | 'field value' | 'timestamp';

/** What a line says, as values. */
export interface Point {
  readonly measurement: ByteString;
  readonly tags: readonly (readonly [key: ByteString, value: ByteString])[];
  readonly fields: readonly (readonly [key: ByteString, value: FieldValue])[];
  /** Nanoseconds since 1970. Lines without a time get one on arrival, so that the writer wants it. */
  readonly timeNs?: bigint | undefined;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;
/** What most names are: printable ASCII without blank, quote, `#`, comma, equals sign and backslash. Needs no second look. */
const PLAIN = /^[!$-+\--<>-[\]-~]+$/;

export function formatMeasurement(name: ByteString): string | undefined {
  if (PLAIN.test(name)) return name;
  return nameProblem('measurement', name) === undefined ? name.replace(/[ ,]/g, '\\$&') : undefined;
}

export function formatTagKey(key: ByteString): string | undefined {
  if (PLAIN.test(key)) return key;
  return nameProblem('tag key', key) === undefined ? escapeKey(key) : undefined;
}

export function formatTagValue(value: ByteString): string | undefined {
  if (PLAIN.test(value)) return value;
  return nameProblem('tag value', value) === undefined ? escapeKey(value) : undefined;
}

export function formatFieldKey(key: ByteString): string | undefined {
  if (PLAIN.test(key)) return key;
  return nameProblem('field key', key) === undefined ? escapeKey(key) : undefined;
}

/** In quotes. Newlines and other control bytes stand as they are: both parsers read them. */
export function formatString(value: ByteString): string | undefined {
  if (PLAIN.test(value)) return `"${value}"`;
  return isUtf8(Buffer.from(value, 'latin1')) ? `"${value.replace(/["\\]/g, '\\$&')}"` : undefined;
}

/** The shortest text that reads as this double, minus zero included; undefined for NaN and the infinities. */
export function formatFloat(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A signed 64-bit integer with its `i`; a number must be a safe integer, as others are not exact. */
export function formatInteger(value: bigint | number): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `${value}i` : undefined;
  return value >= MIN_INT64 && value <= MAX_INT64 ? `${value}i` : undefined;
}

/** An unsigned 64-bit integer with its `u`. */
export function formatUnsigned(value: bigint | number): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? `${value}u` : undefined;
  return value >= 0n && value <= MAX_UINT64 ? `${value}u` : undefined;
}

export function formatBoolean(value: boolean): string {
  return value ? 'true' : 'false';
}

/** Nanoseconds since 1970, in 64 bits. */
export function formatTime(timeNs: bigint): string | undefined {
  return timeNs >= MIN_INT64 && timeNs <= MAX_INT64 ? String(timeNs) : undefined;
}

/** Any field value as it stands behind the `=`. */
export function formatFieldValue(field: FieldValue): string | undefined {
  switch (field.kind) {
    case 'float':
      return formatFloat(field.value);
    case 'integer':
      return formatInteger(field.value);
    case 'unsigned':
      return formatUnsigned(field.value);
    case 'boolean':
      return formatBoolean(field.value);
    case 'string':
      return formatString(field.value);
  }
}

/**
 * The point as one line, without a newline at its end; a string field may hold some.
 *
 * @throws {LineProtocolError} with code `unwritable`, at the column where the part would have stood
 */
export function formatPoint(point: Point): ByteString {
  const line = new LineText();
  line.add('measurement', '', point.measurement, formatMeasurement(point.measurement));
  const tagKeys = new Set<string>();
  for (const [key, value] of point.tags) {
    line.add('tag key', ',', key, once(tagKeys, key) ? formatTagKey(key) : undefined);
    line.add('tag value', '=', value, formatTagValue(value));
  }
  if (point.fields.length === 0) line.refuse('Point has no fields', '');
  const fieldKeys = new Set<string>();
  for (const [key, field] of point.fields) {
    line.add('field key', fieldKeys.size ? ',' : ' ', key, once(fieldKeys, key) ? formatFieldKey(key) : undefined);
    line.add('field value', '=', field.value, formatFieldValue(field));
  }
  if (point.timeNs !== undefined) line.add('timestamp', ' ', point.timeNs, formatTime(point.timeNs));
  return line.text as ByteString;
}

/** Adds the key and tells whether it was new. */
function once(keys: Set<string>, key: string): boolean {
  return keys.size !== keys.add(key).size;
}

/** A line that grows part by part. */
class LineText {
  text = '';

  add(
    part: LinePart,
    separator: string,
    value: string | number | bigint | boolean,
    formatted: string | undefined,
  ): void {
    if (formatted === undefined) this.refuse(whyUnwritable(part, value), value);
    this.text += separator + formatted;
  }

  refuse(reason: string, value: string | number | bigint | boolean): never {
    const extract = visibleBytes(String(value) as ByteString);
    throw new LineProtocolError('unwritable', reason, 1, this.text.length + 1, extract);
  }
}

/** Why a value cannot be written at that place, as the beginning of a message. Asked for a value that was refused. */
export function whyUnwritable(part: LinePart, value: string | number | bigint | boolean): string {
  if (part === 'timestamp') return 'Timestamp does not fit into 64 bits';
  if (typeof value === 'bigint') return 'Integer does not fit into its 64 bits';
  if (typeof value === 'number') {
    return Number.isFinite(value) ? 'Integer is not exact or out of range' : 'Field value is not a finite number';
  }
  const text = String(value) as ByteString;
  if (part === 'field value') return 'Field value is not valid UTF-8';
  return nameProblem(part, text) ?? `Line has the ${part} twice`;
}

/** What keeps a name, key or tag value from being written, or undefined. */
function nameProblem(part: Exclude<LinePart, 'field value' | 'timestamp'>, value: ByteString): string | undefined {
  const Part = part[0]?.toUpperCase() + part.slice(1);
  if (value === '') return `${Part} is empty`;
  if (CONTROL.test(value)) return `${Part} holds a control character`;
  if (value.endsWith('\\')) return `${Part} ends in a backslash, which would escape what follows`;
  if (part === 'measurement' && value.startsWith('#'))
    return 'Measurement begins with #, which makes the line a comment';
  // In tags only the byte just before a separator counts, elsewhere Telegraf pairs backslashes and upstream does not.
  if ((part === 'measurement' || part === 'field key') && /\\[ ,=]/.test(value)) {
    return `${Part} has a backslash before a comma, space or equals sign, which parsers read differently`;
  }
  // Telegraf's parser drops the backslash of \" as soon as it has to unescape anything else.
  if (part !== 'measurement' && value.includes('\\"') && /[ ,=]/.test(value)) {
    return `${Part} has a backslash before a quote beside a comma, space or equals sign, which parsers read differently`;
  }
  if (!isUtf8(Buffer.from(value, 'latin1'))) return `${Part} is not valid UTF-8`;
  return undefined;
}
