import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import { type Identifier, MAX_NAME_BYTES } from './identifier.ts';
import { MAX_MESSAGE_BYTES } from './notification.ts';

/** Why a value list or a notification cannot be sent, by the name of its counter; and what is said of it. */
const PROBLEMS = {
  /** collectd drops such values without a word. */
  empty_part: 'has no host, no plugin or no type',
  long_part: `has a part of more than ${MAX_NAME_BYTES} bytes`,
  /** It would end the part where it stands. */
  nul_byte: 'has a NUL byte',
  no_values: 'has no values',
  bad_value: 'has a value that is out of the range of its kind',
  bad_time: 'has no time, or a time or interval that is out of range',
  empty_message: 'has no message',
  long_message: `has a message of more than ${MAX_MESSAGE_BYTES} bytes`,
  too_large: 'is larger than a datagram may be',
  /** The rest is about text: PUTVAL and PUTNOTIF. */
  dash_in_name: 'has a "-" in its plugin or type, where an instance begins',
  slash_in_part: 'has a "/" in a part',
  newline: 'has a newline',
  bad_meta: 'has meta data with another name than letters, digits, "_" and ":"',
  long_line: 'makes a line of more than 1023 bytes',
  buffer_full: 'finds no room, as too many lines wait to be written',
} as const;

/** The code of a problem: stable, counters and logs are named after it. */
export type WriteProblemReason = keyof typeof PROBLEMS;

/** All codes, for those who count each. */
export const WRITE_PROBLEM_REASONS = Object.keys(PROBLEMS) as readonly WriteProblemReason[];

/** What could not be written, and why, in words for an operator. */
export interface WriteProblem {
  readonly reason: WriteProblemReason;
  readonly message: string;
}

/** Says that something cannot be written, with its identifier in quotes, cut after 200 bytes. */
export function writeProblem(
  reason: WriteProblemReason,
  kind: 'Value list' | 'Notification',
  identifier: Identifier,
): WriteProblem {
  return { reason, message: `${kind} ${quoteIdentifier(identifier)} ${PROBLEMS[reason]}` };
}

const SHOWN_BYTES = 200;

/** For messages only: a part with `/` or `-` in it is not told from two. */
function quoteIdentifier({ host, plugin, pluginInstance, type, typeInstance }: Identifier): string {
  const joined = (name: ByteString, instance: ByteString) => (instance === '' ? name : `${name}-${instance}`);
  const text = `${host}/${joined(plugin, pluginInstance)}/${joined(type, typeInstance)}`;
  const shown = text.length <= SHOWN_BYTES ? text : `${text.slice(0, SHOWN_BYTES)}...`;
  return JSON.stringify(fromByteString(shown as ByteString));
}
