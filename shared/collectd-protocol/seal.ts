import type { ByteString } from '../line-protocol/byte-string.ts';
import { encryptedPart, MAX_ENCRYPTING_USER_BYTES, MAX_SIGNING_USER_BYTES, signaturePart } from './security.ts';

/** How datagrams are protected, and as whom. */
export type Security =
  | { readonly level: 'none' }
  | { readonly level: 'sign' | 'encrypt'; readonly user: ByteString; readonly password: Buffer };

/** Makes a datagram of a payload. The bytes are the caller's. */
export type Seal = (payload: Buffer) => Buffer;

/** @throws {RangeError} for an empty password, and a user whose name is empty or too long for collectd */
export function createSeal(security: Security): Seal {
  if (security.level === 'none') return (payload) => Buffer.from(payload);
  const { level, user, password } = security;
  const limit = level === 'sign' ? MAX_SIGNING_USER_BYTES : MAX_ENCRYPTING_USER_BYTES;
  if (user.length === 0) throw new RangeError(`Security level "${level}" needs a user name`);
  if (user.length > limit)
    throw new RangeError(`User name of ${user.length} bytes is longer than the ${limit} that level "${level}" allows`);
  if (password.length === 0) throw new RangeError(`Security level "${level}" needs a password`);
  if (level === 'encrypt') return (payload) => encryptedPart(password, user, payload);
  return (payload) => Buffer.concat([signaturePart(password, user, payload), payload]);
}
