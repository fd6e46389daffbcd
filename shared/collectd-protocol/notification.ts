import type { ByteString } from '../line-protocol/byte-string.ts';
import type { Identifier } from './identifier.ts';

/** Severities by their number on the wire (src/daemon/plugin.h, NOTIF_FAILURE and its kin). */
export const SEVERITIES = { failure: 1, warning: 2, okay: 4 } as const;

/** A severity by its name; `SEVERITIES` has the numbers of the wire. */
export type Severity = keyof typeof SEVERITIES;

/** Meta data of a notification. The text doors know strings only, NotificationExec renders all kinds as text, the wire carries none. */
export interface MetaData {
  readonly name: ByteString;
  readonly value: ByteString;
}

/** Longest message in bytes: NOTIF_MAX_MSG_LEN (256) less the final NUL. */
export const MAX_MESSAGE_BYTES = 255;

/** An event. Every part of its identifier may be empty. */
export interface Notification extends Identifier {
  readonly severity: Severity;
  /** cdtime. */
  readonly time: bigint;
  readonly message: ByteString;
  readonly meta: readonly MetaData[];
}
