import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { IV_BYTES, KeyStream, xorInto } from './key-stream.ts';
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
/** Bytes of the SHA-1 in front of an encrypted payload. */
const CHECKSUM_BYTES = 20;
/** Longest user names that collectd 5.12 sends, in bytes; there is no room for more in its buffers (observed). */
export const MAX_SIGNING_USER_BYTES = 70;
/** The same for encryption, which needs more of the room. */
export const MAX_ENCRYPTING_USER_BYTES = 64;

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
 * @throws {RangeError} when user and payload exceed the 65,535 bytes of a part, or the IV is none
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
  if (iv.length !== IV_BYTES) throw new RangeError(`Initialisation vector has ${iv.length} bytes, not ${IV_BYTES}`);
  part.set(iv, ivAt);
  const plainAt = ivAt + IV_BYTES;
  part.set(checksum(payload), plainAt);
  part.set(payload, plainAt + CHECKSUM_BYTES);
  part.set(crypted(password, iv, part.subarray(plainAt)), plainAt);
  return part;
}

/**
 * The payload of an encrypted part.
 *
 * @param ciphertext all that follows the IV
 * @returns undefined when the checksum does not match: another password, or bytes that were changed
 */
export function decrypt(password: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
  if (iv.length !== IV_BYTES || ciphertext.length < CHECKSUM_BYTES || ciphertext.length > MAX_PART_BYTES)
    return undefined;
  const plain = crypted(password, iv, ciphertext);
  const payload = plain.subarray(CHECKSUM_BYTES);
  return timingSafeEqual(plain.subarray(0, CHECKSUM_BYTES), checksum(payload)) ? payload : undefined;
}

function checksum(payload: Uint8Array): Buffer {
  return hash('sha1', payload, 'buffer');
}

/** AES-256 in OFB mode, which is the same both ways; the key is the SHA-256 of the password. */
function crypted(password: Uint8Array, iv: Uint8Array, text: Uint8Array): Buffer {
  let keyStream = keyStreams.get(password);
  if (keyStream === undefined) {
    keyStream = new KeyStream(hash('sha256', password, 'buffer'));
    keyStreams.set(password, keyStream);
  }
  return xorInto(keyStream.take(iv, text.length), text);
}

/** Kept as long as the password's buffer: deriving the key and making a cipher takes as long as decrypting a datagram. */
const keyStreams = new WeakMap<Uint8Array, KeyStream>();
