import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';
import { visible } from '../line-protocol/messages.ts';

/**
 * Why something in a datagram was refused, as the beginning of a message. The codes are stable: counters and logs are named after them. What
 * follows the refused part is lost where collectd loses it, too.
 */
export const REFUSALS = {
  truncated: 'Part is cut off; the sender’s MaxPacketSize may exceed the receiver’s',
  bad_string: 'Text has no NUL at its end or is longer than 127 bytes, a message 255',
  bad_number: 'Number part does not have 12 bytes',
  bad_values: 'Length of the values part does not fit the number of values',
  bad_kind: 'Values are of an unknown kind of data source',
  no_values: 'Value list has no values',
  no_time: 'Value list has no time',
  no_host: 'Value list has no host',
  no_plugin: 'Value list has no plugin',
  no_type: 'Value list has no type',
  notification_without_severity: 'Notification has no severity of 1, 2 or 4',
  notification_without_time: 'Notification has no time',
  notification_without_message: 'Notification has no message',
  not_signed: 'Parts are neither signed nor encrypted',
  not_encrypted: 'Parts are not encrypted',
  no_auth_file: 'Part is encrypted, and there is no AuthFile to decrypt it with',
  unknown_user: 'User is not in the AuthFile',
  wrong_signature: 'Signature does not match: another password, or changed bytes',
  wrong_checksum: 'Decryption failed: another password, or changed bytes',
  bad_protected_part: 'Signature or encrypted part has a wrong length',
  replayed: 'Genuine, but it came before: sent twice, or recorded and sent again',
  replay_too_old: 'Genuine, but older than the newest of this user and host by more than the replay window',
  replay_too_new: 'Genuine, but ahead of our clock by more than the replay window: one of the clocks is wrong',
  nested_too_deep: 'Signed and encrypted parts are nested too deep',
} as const;

/** The code of a refusal: stable, counters and logs are named after it. */
export type Refusal = keyof typeof REFUSALS;

/** The refusal for an operator, with the user where one was claimed. */
export function refusalText(refusal: Refusal, user: ByteString | undefined): string {
  return user === undefined ? REFUSALS[refusal] : `${REFUSALS[refusal]} (user "${visible(fromByteString(user))}")`;
}
