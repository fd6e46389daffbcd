import type { ByteString } from '../line-protocol/byte-string.ts';
import { cleanTagValue } from '../line-protocol/clean.ts';
import { formatMeasurement, formatTagValue } from '../line-protocol/format.ts';
import { visibleBytes } from '../line-protocol/messages.ts';

/** Part of an identifier as it stands in a line. */
export interface EscapedPart {
  readonly bytes: Uint8Array;
  /** What no parser would read was taken out. */
  readonly isCleaned: boolean;
}

/** Names that need it are few and come again; those of a sender that invents names all the time are not kept for ever. */
const MAX_KEPT = 4096;

/**
 * Parts of identifiers with bytes that need escaping, or that cannot stand in a line and are left out: collectd takes any byte but NUL in a name.
 * What was made of a part is remembered.
 */
export class EscapedParts {
  readonly #prefix: ByteString;
  readonly #tagValues = new Map<ByteString, EscapedPart>();
  readonly #measurements = new Map<ByteString, EscapedPart>();

  /** @param prefix in front of the plugin in measurements */
  constructor(prefix: ByteString) {
    this.#prefix = prefix;
  }

  /** Empty when nothing is left. */
  tagValue(text: ByteString): EscapedPart {
    return remembered(this.#tagValues, text, escapeTagValue);
  }

  /** The measurement for a plugin, with the prefix. Empty when nothing is left. */
  measurement(plugin: ByteString): EscapedPart {
    return remembered(this.#measurements, plugin, (text) => escapeMeasurement(this.#prefix, text));
  }
}

function remembered(
  parts: Map<ByteString, EscapedPart>,
  text: ByteString,
  makePart: (text: ByteString) => EscapedPart,
): EscapedPart {
  let part = parts.get(text);
  if (part === undefined) {
    if (parts.size === MAX_KEPT) parts.clear();
    part = makePart(text);
    parts.set(text, part);
  }
  return part;
}

function escapeTagValue(text: ByteString): EscapedPart {
  const { value, changed } = cleanTagValue(text);
  return { bytes: bytesOf(formatTagValue(value) ?? ''), isCleaned: changed };
}

/** Cleaned as a tag value is, and without what only a measurement cannot hold. */
function escapeMeasurement(prefix: ByteString, text: ByteString): EscapedPart {
  const { value, changed } = cleanTagValue(text);
  const escaped = formatMeasurement((prefix + value) as ByteString);
  if (escaped !== undefined) return { bytes: bytesOf(escaped), isCleaned: changed };
  const plain = value.replaceAll('\\', '').replace(/^#+/, '');
  return { bytes: bytesOf(formatMeasurement((prefix + plain) as ByteString) ?? ''), isCleaned: true };
}

/** Not from Node's pool for small buffers, of which each of them would keep 8 KiB alive. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * The prefix as it stands in a line.
 *
 * @throws {RangeError} for one that cannot begin a measurement so that every parser reads it
 */
export function escapedPrefix(prefix: ByteString): string {
  // a letter stands for the plugin: a prefix may end as no name may
  const escaped = prefix === '' ? '' : formatMeasurement(`${prefix}p` as ByteString)?.slice(0, -1);
  if (escaped === undefined || prefix.endsWith('\\')) {
    throw new RangeError(`Prefix "${visibleBytes(prefix)}" cannot begin a measurement`);
  }
  return escaped;
}
