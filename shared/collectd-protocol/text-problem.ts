import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import { visible } from '../line-protocol/messages.ts';

/** Why a text from collectd's text doors is refused, as the beginning of a message. The codes are stable: counters and logs are named after them. */
const TEXT_PROBLEMS = {
  unknown_command: 'Line is neither PUTVAL nor PUTNOTIF',
  long_line: 'Line is longer than collectd reads',
  nul_byte: 'Text has a NUL byte',
  bad_quotes: 'Quotes are not in order',
  bad_option: 'Option is unknown or not of the form name=value',
  missing_part: 'Identifier or values are missing',
  bad_identifier: 'Identifier is not of the form host/plugin[-instance]/type[-instance]',
  empty_part: 'Identifier has no host, no plugin or no type',
  long_part: 'Identifier has a part of more than 127 bytes',
  unknown_type: 'Type is not in types.db',
  bad_time: 'Time is no number of seconds since 1970, or not before the year 2514',
  bad_interval: 'Interval is too large',
  wrong_count: 'Number of values is not that of the type’s data sources',
  bad_value: 'Value is no number of its kind',
  bad_meta: 'Meta data is not of the form meta:name="\\"text\\""',
  lists_with_meta: 'Several value lists on a line with meta data, which end collectd itself',
  bad_severity: 'Severity is not failure, warning or okay',
  no_severity: 'Notification has no severity',
  no_time: 'Notification has no time',
  no_message: 'Notification has no message',
  unfinished: 'Text ends before the empty line that ends its headers',
  too_large: 'Text is larger than a notification can be',
} as const;

/** The code of a problem: stable, counters and logs are named after it. */
export type TextProblemReason = keyof typeof TEXT_PROBLEMS;

/** All codes, for those who count each. */
export const TEXT_PROBLEM_REASONS = Object.keys(TEXT_PROBLEMS) as readonly TextProblemReason[];

/** What could not be read, and why, in words for an operator. */
export interface TextProblem {
  readonly reason: TextProblemReason;
  readonly message: string;
}

const SHOWN_BYTES = 60;

/** @param about what is wrong, as it stood in the text */
export function textProblem(reason: TextProblemReason, about?: ByteString): TextProblem {
  if (about === undefined) return { reason, message: TEXT_PROBLEMS[reason] };
  const shown = about.length <= SHOWN_BYTES ? about : `${about.slice(0, SHOWN_BYTES)}...`;
  return { reason, message: `${TEXT_PROBLEMS[reason]}: "${visible(fromByteString(shown as ByteString))}"` };
}

/** Tells a problem from what was read. */
export function isTextProblem(read: object): read is TextProblem {
  return 'reason' in read;
}
