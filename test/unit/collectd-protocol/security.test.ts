import { createCipheriv, createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decrypt,
  encryptedPart,
  isSigned,
  signature,
  signaturePart,
} from '../../../shared/collectd-protocol/security.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

const alice = toByteString('alice');
const password = Buffer.from('wonderland');
const payload = Buffer.from('some parts');
const iv = Buffer.from('0123456789abcdef');

/** As collectd and the libraries do it: one OFB cipher for every datagram. */
function plainlyEncrypted(plain: Uint8Array, by: Uint8Array, vector: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-ofb', createHash('sha256').update(by).digest(), vector);
  return Buffer.concat([cipher.update(createHash('sha1').update(plain).digest()), cipher.update(plain)]);
}

describe('signing', () => {
  test('is an HMAC-SHA-256 over user and payload', () => {
    const expected = createHmac('sha256', password).update('alicesome parts').digest();
    expect(signature(password, alice, payload)).toEqual(expected);
    expect(signaturePart(password, alice, payload).toString('latin1')).toBe(
      `\x02\x00\x00\x29${expected.toString('latin1')}alice`,
    );
  });

  test('is verified', () => {
    const claimed = signature(password, alice, payload);
    expect(isSigned(password, alice, claimed, payload)).toBe(true);
    expect(isSigned(Buffer.from('x'), alice, claimed, payload)).toBe(false);
    expect(isSigned(password, toByteString('bob'), claimed, payload)).toBe(false);
    expect(isSigned(password, alice, claimed, payload.subarray(1))).toBe(false);
    expect(isSigned(password, alice, claimed.subarray(1), payload)).toBe(false);
    expect(isSigned(password, alice, Buffer.alloc(0), payload)).toBe(false);
  });

  test('takes users with any byte', () => {
    const user = toByteString('\u00fc');
    expect(signature(password, user, payload)).toEqual(
      createHmac('sha256', password).update('\u00fcsome parts').digest(),
    );
  });
});

describe('encryption', () => {
  test('is AES-256-OFB of checksum and payload', () => {
    const part = encryptedPart(password, alice, payload, iv);
    const head = Buffer.from([0x02, 0x10, 0, 42 + 5 + 10, 0, 5]);
    expect(part).toEqual(Buffer.concat([head, Buffer.from('alice'), iv, plainlyEncrypted(payload, password, iv)]));
  });

  test('is the same as one cipher for each datagram, whatever came before', () => {
    const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    const passwords = [Buffer.from('one'), Buffer.from('two')];
    const datagram = fc.record({
      by: fc.constantFrom(...passwords),
      vector: bytes(16),
      plain: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(datagram, { maxLength: 8 }), (datagrams) => {
        for (const { by, vector, plain } of datagrams) {
          const ciphertext = plainlyEncrypted(plain, by, vector);
          expect(decrypt(by, vector, ciphertext)).toEqual(Buffer.from(plain));
          const part = encryptedPart(by, alice, plain, vector);
          expect(part.subarray(-ciphertext.length)).toEqual(ciphertext);
        }
      }),
    );
  });

  test('takes a new vector every time', () => {
    const [a, b] = [encryptedPart(password, alice, payload), encryptedPart(password, alice, payload)];
    expect(a.subarray(11, 27)).not.toEqual(b.subarray(11, 27));
    expect(decrypt(password, b.subarray(11, 27), b.subarray(27))).toEqual(payload);
  });

  test('fails for another password, and for changed or missing bytes', () => {
    const ciphertext = plainlyEncrypted(payload, password, iv);
    expect(decrypt(password, iv, ciphertext)).toEqual(payload);
    expect(decrypt(Buffer.from('x'), iv, ciphertext)).toBeUndefined();
    expect(decrypt(password, Buffer.alloc(16), ciphertext)).toBeUndefined();
    expect(decrypt(password, iv, ciphertext.subarray(1))).toBeUndefined();
    for (let i = 0; i < ciphertext.length; i++) {
      const changed = Buffer.from(ciphertext);
      changed[i] = (changed[i] as number) ^ 0x80;
      expect(decrypt(password, iv, changed)).toBeUndefined();
    }
    for (let n = 0; n < 20; n++) expect(decrypt(password, iv, ciphertext.subarray(0, n))).toBeUndefined();
    expect(decrypt(password, iv.subarray(1), ciphertext)).toBeUndefined();
    expect(decrypt(password, iv, Buffer.alloc(65_536))).toBeUndefined();
    // and works as before
    expect(decrypt(password, iv, ciphertext)).toEqual(payload);
  });

  test('of as much as a part holds', () => {
    const largest = Buffer.alloc(65_535 - 42 - 5, 1);
    const part = encryptedPart(password, alice, largest);
    expect(decrypt(password, part.subarray(11, 27), part.subarray(27))).toEqual(largest);
    expect(() => encryptedPart(password, alice, Buffer.alloc(largest.length + 1))).toThrow(
      'Part of 65536 bytes is longer than 65535',
    );
  });

  test('needs a whole vector', () => {
    expect(() => encryptedPart(password, alice, payload, Buffer.alloc(15))).toThrow(RangeError);
  });
});
