import type { ByteString } from '../line-protocol/byte-string.ts';
import { IV_BYTES } from './key-stream.ts';
import { PART_HEADER_BYTES } from './parts.ts';
import type { Refusal } from './refusals.ts';
import { type Credentials, decrypt, isSigned, SIGNATURE_BYTES } from './security.ts';

/** A part that was signed or encrypted by whom it says. */
export interface GenuinePart {
  readonly refusal?: undefined;
  readonly user: ByteString;
  /** Where the signature or the initialisation vector begins, which no other datagram has. */
  readonly markAt: number;
  /** Where the parts begin that are protected. */
  readonly payloadAt: number;
}

interface RefusedPart {
  readonly refusal: Refusal;
  /** Who claims to have made it. */
  readonly user?: ByteString;
}

type OpenedPart = GenuinePart | RefusedPart;

/**
 * Verifies the signature of everything from the end of its part up to `end`.
 *
 * @param at where the part begins, with its header
 */
export function openSigned(
  bytes: Buffer,
  at: number,
  length: number,
  end: number,
  credentials: Credentials,
): OpenedPart {
  const markAt = at + PART_HEADER_BYTES;
  const userAt = markAt + SIGNATURE_BYTES;
  const payloadAt = at + length;
  if (payloadAt <= userAt) return { refusal: 'bad_protected_part' };
  const user = bytes.toString('latin1', userAt, payloadAt) as ByteString;
  const password = credentials.passwordOf(user);
  if (password === undefined) return { refusal: 'unknown_user', user };
  const isTrue = isSigned(password, user, bytes.subarray(markAt, userAt), bytes.subarray(payloadAt, end));
  return isTrue ? { user, markAt, payloadAt } : { refusal: 'wrong_signature', user };
}

/**
 * Decrypts the part in place: what it holds then stands at its end.
 *
 * @param at where the part begins, with its header
 */
export function openEncrypted(bytes: Buffer, at: number, length: number, credentials: Credentials): OpenedPart {
  const userAt = at + PART_HEADER_BYTES + 2;
  const end = at + length;
  const markAt = userAt > end ? end : userAt + bytes.readUInt16BE(userAt - 2);
  if (markAt === userAt || markAt + IV_BYTES >= end) return { refusal: 'bad_protected_part' };
  const user = bytes.toString('latin1', userAt, markAt) as ByteString;
  const password = credentials.passwordOf(user);
  if (password === undefined) return { refusal: 'unknown_user', user };
  const cipherAt = markAt + IV_BYTES;
  const payload = decrypt(password, bytes.subarray(markAt, cipherAt), bytes.subarray(cipherAt, end));
  if (payload === undefined) return { refusal: 'wrong_checksum', user };
  const payloadAt = end - payload.length;
  bytes.set(payload, payloadAt);
  return { user, markAt, payloadAt };
}
