import { type Cipher, createCipheriv } from 'node:crypto';

/** Bytes of an initialisation vector and of a block of AES. */
export const IV_BYTES = 16;

const MAX_BYTES = 65_536;

/**
 * The key stream of AES-256 in OFB mode: the initialisation vector encrypted, that encrypted, and so on. Text xor key stream is the encrypted text, and the
 * other way round.
 *
 * CBC makes the same blocks of zeros. A CBC cipher that goes on can begin anew at any vector: a first block of "its last block xor the vector" is
 * encrypted as the vector. That takes half the time of an OFB cipher for every datagram, whose making costs as much as its work.
 */
export class KeyStream {
  readonly #cipher: Cipher;
  /** Zeros but for the first block. */
  readonly #input = Buffer.alloc(MAX_BYTES);
  /** The last block that the cipher made. */
  readonly #last = Buffer.alloc(IV_BYTES);

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-cbc', key, this.#last).setAutoPadding(false);
  }

  /** As many bytes of the stream of this vector, rounded up to whole blocks. @param count at most 65,536 */
  take(iv: Uint8Array, count: number): Buffer {
    const size = Math.ceil(count / IV_BYTES) * IV_BYTES;
    for (let i = 0; i < IV_BYTES; i++) this.#input[i] = (iv[i] as number) ^ (this.#last[i] as number);
    const stream = this.#cipher.update(this.#input.subarray(0, size));
    this.#last.set(stream.subarray(size - IV_BYTES));
    return stream;
  }
}

/** Gives text xor stream, in the memory of the stream. */
export function xorInto(stream: Buffer, text: Uint8Array): Buffer {
  const from = new DataView(text.buffer, text.byteOffset, text.length);
  const to = new DataView(stream.buffer, stream.byteOffset, stream.length);
  const words = text.length & ~3;
  for (let i = 0; i < words; i += 4) to.setInt32(i, to.getInt32(i, true) ^ from.getInt32(i, true), true);
  for (let i = words; i < text.length; i++) to.setUint8(i, to.getUint8(i) ^ from.getUint8(i));
  return stream.subarray(0, text.length);
}
