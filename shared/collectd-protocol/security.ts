import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { PART_ENCRYPTION, PART_HEADER_BYTES, PART_SIGNATURE } from './parts.ts';

/**
 * How collectd signs and encrypts datagrams (src/network.c, network_send_buffer_signed and network_send_buffer_encrypted).
 * Neither way protects against a datagram that is sent again; a receiver that minds keeps a replay window.
 */

/** Passwords of the users that may send. */
export interface Credentials {
  /** The password's bytes; undefined for an unknown user. The same buffer each time, as what is derived from it is remembered by it. */
  passwordOf(user: ByteString): Buffer | undefined;
}

/** Bytes of an HMAC-SHA-256. */
export const SIGNATURE_BYTES = 32;
export const IV_BYTES = 16;
/** Bytes of the SHA-1 in front of an encrypted payload. */
export const CHECKSUM_BYTES = 20;
/** Longest user names that collectd 5.12 sends, in bytes; there is no room for more in its buffers (observed). */
export const MAX_SIGNING_USER_BYTES = 70;
export const MAX_ENCRYPTING_USER_BYTES = 64;

const CIPHER = 'aes-256-ofb';
const MAX_PART_BYTES = 0xffff;

/** HMAC-SHA-256 over the user's name and all that follows the signature part. */
export function signature(password: Uint8Array, user: ByteString, payload: Uint8Array): Buffer {
  return createHmac('sha256', password).update(user, 'latin1').update(payload).digest();
}

/** Takes the same time wherever the two differ. */
export function isSigned(password: Uint8Array, user: ByteString, claimed: Uint8Array, payload: Uint8Array): boolean {
  return claimed.length === SIGNATURE_BYTES && timingSafeEqual(claimed, signature(password, user, payload));
}

/** The part that stands in front of a signed payload. */
export function signaturePart(password: Uint8Array, user: ByteString, payload: Uint8Array): Buffer {
  const part = Buffer.allocUnsafe(PART_HEADER_BYTES + SIGNATURE_BYTES + user.length);
  part.writeUInt16BE(PART_SIGNATURE, 0);
  part.writeUInt16BE(part.length, 2);
  signature(password, user, payload).copy(part, PART_HEADER_BYTES);
  part.write(user, PART_HEADER_BYTES + SIGNATURE_BYTES, 'latin1');
  return part;
}

/**
 * The part that holds an encrypted payload.
 *
 * @param iv 16 bytes, never the same twice for a password; random when left out
 * @throws {RangeError} when user and payload exceed the 65,535 bytes of a part
 */
export function encryptedPart(
  password: Uint8Array,
  user: ByteString,
  payload: Uint8Array,
  iv: Uint8Array = randomBytes(IV_BYTES),
): Buffer {
  const ivAt = PART_HEADER_BYTES + 2 + user.length;
  const length = ivAt + IV_BYTES + CHECKSUM_BYTES + payload.length;
  if (length > MAX_PART_BYTES) throw new RangeError(`Part of ${length} bytes is longer than ${MAX_PART_BYTES}`);
  const part = Buffer.allocUnsafe(length);
  part.writeUInt16BE(PART_ENCRYPTION, 0);
  part.writeUInt16BE(length, 2);
  part.writeUInt16BE(user.length, PART_HEADER_BYTES);
  part.write(user, PART_HEADER_BYTES + 2, 'latin1');
  part.set(iv, ivAt);
  const cipher = createCipheriv(CIPHER, cipherKey(password), iv);
  part.set(cipher.update(checksum(payload)), ivAt + IV_BYTES);
  part.set(cipher.update(payload), ivAt + IV_BYTES + CHECKSUM_BYTES);
  return part;
}

/**
 * The payload of an encrypted part.
 *
 * @param ciphertext all that follows the IV
 * @returns undefined when the checksum does not match: another password, or bytes that were changed
 */
export function decrypt(password: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
  if (iv.length !== IV_BYTES || ciphertext.length < CHECKSUM_BYTES) return undefined;
  const plain = createDecipheriv(CIPHER, cipherKey(password), iv).update(ciphertext);
  const payload = plain.subarray(CHECKSUM_BYTES);
  return timingSafeEqual(plain.subarray(0, CHECKSUM_BYTES), checksum(payload)) ? payload : undefined;
}

function checksum(payload: Uint8Array): Buffer {
  return createHash('sha1').update(payload).digest();
}

/** Kept as long as the password's buffer: deriving a key takes as long as decrypting with it. */
const cipherKeys = new WeakMap<Uint8Array, Buffer>();

function cipherKey(password: Uint8Array): Buffer {
  let key = cipherKeys.get(password);
  if (key === undefined) {
    key = createHash('sha256').update(password).digest();
    cipherKeys.set(password, key);
  }
  return key;
}
