import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeal, type Seal } from '../../../shared/collectd-protocol/seal.ts';
import { encryptedPart } from '../../../shared/collectd-protocol/security.ts';
import { toByteString } from '../../../shared/line-protocol/index.ts';
import { Random } from '../workload/random.ts';

/** Types and lengths that mean something, or nearly do. */
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x100, 0x101, 0x102, 0x200, 0x210, 0xffff];
const LENGTHS = [0, 1, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 36, 37, 42, 131, 132, 133, 259, 260, 261, 0x7fff, 0xffff];
/** Bytes that mean something in a name, or in the line that is made of it. */
const BYTES = Buffer.from('\0\n\r\t ,="\\#/-:\x01\x7f\x80\xc3\xe2\xff0', 'latin1');
/** Numbers at the edges, eight bytes each. */
const NUMBERS = [
  ...['0000000000000000', '0000000000000001', 'ffffffffffffffff', '8000000000000000', '7fffffffffffffff'],
  ...['7ff0000000000000', 'fff0000000000000', '7ff8000000000000', '00000000ffffffff', '4340000000000001'],
].flatMap((hex) => [Buffer.from(hex, 'hex'), Buffer.from(hex, 'hex').reverse()]);

/** Parts that no sender sends, or hardly any, in hexadecimal. */
const ODD_PARTS = [
  ...[
    '000000050a',
    '0002000500',
    '00020006 2300',
    '00020006 0a00',
    '00020006 5c00',
    '00040005 00',
    '01000005 00',
    '00630004',
  ],
  ...['00060006 0000', '0006000600000000000000000000000000', '0101000c 0000000000000008', '0101000c 0000000100000004'],
  ...[
    '0008000c 0000000000000000',
    '0008000c ffffffffffffffff',
    '0001000c ffffffffffffffff',
    '0009000c 8000000000000000',
  ],
  ...[`0000 0083 ${'61'.repeat(126)}00`, `0005 0084 ${'c3'.repeat(127)}00`, `0005 0085 ${'61'.repeat(128)}00`],
  `0006 ${(6 + 9 * 2000).toString(16).padStart(4, '0')} 07d0 ${'02'.repeat(2000)} ${'8000000000000001'.repeat(2000)}`,
].map((hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const MOST_BYTES = 65_507; // of a datagram over IPv4

/** Breaks datagrams in all ways that networks, senders and attackers know, the same way for the same seed. */
export class DatagramMutator {
  readonly #random: Random;
  readonly #datagrams: readonly Buffer[];
  readonly #seals: readonly Seal[];

  /** @param seals sign or encrypt with passwords that the receiver knows, so that it looks inside */
  constructor(random: Random, datagrams: readonly Buffer[], seals: readonly Seal[]) {
    this.#random = random;
    this.#datagrams = datagrams;
    this.#seals = seals;
  }

  next(): Buffer {
    const random = this.#random;
    let datagram: Buffer = Buffer.from(random.pick(this.#datagrams));
    // now and then one that is as it was recorded, and so is sent again
    for (let left = random.below(50) === 0 ? 0 : 1 + random.below(3); left > 0; left--)
      datagram = this.#mutated(datagram);
    if (this.#seals.length > 0 && random.chance(0.1)) datagram = this.#sealed(datagram);
    return datagram.subarray(0, MOST_BYTES);
  }

  #mutated(datagram: Buffer): Buffer {
    const random = this.#random;
    const anywhere = () => random.below(datagram.length + 1);
    switch (random.below(9)) {
      case 0:
        return this.#flipped(datagram);
      case 1:
        return this.#withOtherHeader(datagram);
      case 2:
        return this.#withOtherBytes(datagram);
      case 3: // cut
        return datagram.subarray(random.chance(0.8) ? 0 : anywhere(), anywhere());
      case 4: // joined
        return Buffer.concat([datagram, random.pick(this.#datagrams)]);
      case 5: // spliced
        return this.#spliced(datagram);
      case 6: {
        // a range is taken out, or stands there twice
        const [from, to] = [anywhere(), anywhere()];
        return Buffer.concat([datagram.subarray(0, from), datagram.subarray(to)]);
      }
      case 7: {
        const at = this.#border(datagram);
        return Buffer.concat([datagram.subarray(0, at), random.pick(ODD_PARTS), datagram.subarray(at)]);
      }
      default: {
        // parts change places
        const [from, to] = [this.#border(datagram), this.#border(datagram)];
        return Buffer.concat([datagram.subarray(to), datagram.subarray(from, to), datagram.subarray(0, from)]);
      }
    }
  }

  #flipped(datagram: Buffer): Buffer {
    for (let left = Math.min(datagram.length, 1 + this.#random.below(8)); left > 0; left--) {
      const at = this.#random.below(datagram.length);
      datagram[at] = (datagram[at] ?? 0) ^ (1 << this.#random.below(8));
    }
    return datagram;
  }

  /** Another type, another length, or both, for one part. */
  #withOtherHeader(datagram: Buffer): Buffer {
    const random = this.#random;
    const at = this.#border(datagram);
    if (at + 4 > datagram.length) return datagram;
    if (random.chance(0.5)) datagram.writeUInt16BE(random.pick(TYPES), at);
    if (random.chance(0.7)) {
      const near = Math.max(0, datagram.readUInt16BE(at + 2) + random.below(5) - 2);
      datagram.writeUInt16BE(random.chance(0.5) ? random.pick(LENGTHS) : Math.min(near, 0xffff), at + 2);
    }
    return datagram;
  }

  /** Bytes or a number inside the parts. */
  #withOtherBytes(datagram: Buffer): Buffer {
    const random = this.#random;
    if (random.chance(0.5) && datagram.length >= 8) {
      random.pick(NUMBERS).copy(datagram, random.below(datagram.length - 7));
      return datagram;
    }
    for (let left = Math.min(datagram.length, 1 + random.below(8)); left > 0; left--) {
      datagram[random.below(datagram.length)] = BYTES[random.below(BYTES.length)] ?? 0;
    }
    return datagram;
  }

  #spliced(datagram: Buffer): Buffer {
    const random = this.#random;
    const other = random.pick(this.#datagrams);
    const between = random.chance(0.7);
    const end = between ? this.#border(datagram) : random.below(datagram.length + 1);
    const start = between ? this.#border(other) : random.below(other.length + 1);
    return Buffer.concat([datagram.subarray(0, end), other.subarray(start)]);
  }

  /** Signed or encrypted, perhaps twice, perhaps behind or in front of something plain, perhaps broken once more. */
  #sealed(datagram: Buffer): Buffer {
    const random = this.#random;
    let sealed: Buffer = datagram.subarray(0, 60_000);
    for (let left = random.chance(0.1) ? 1 + random.below(8) : 1; left > 0; left--)
      sealed = random.pick(this.#seals)(sealed);
    if (random.chance(0.2)) sealed = Buffer.concat([sealed, random.pick(this.#datagrams)]);
    if (random.chance(0.2)) sealed = Buffer.concat([random.pick(this.#datagrams), sealed]);
    return random.chance(0.2) ? this.#flipped(sealed) : sealed;
  }

  /** Where a part begins, or the end. */
  #border(datagram: Buffer): number {
    const borders = [0];
    for (let at = 0; at + 4 <= datagram.length; ) {
      const length = datagram.readUInt16BE(at + 2);
      if (length < 4 || at + length > datagram.length) break;
      at += length;
      borders.push(at);
    }
    return this.#random.pick(borders);
  }
}

/** Breaks all recorded datagrams of a folder, and makes some that its users signed or encrypted. */
export function mutatorOf(folder: string, seed: number): DatagramMutator {
  const recordings = readdirSync(folder).filter((name) => name.endsWith('.pcapless'));
  const lines = recordings.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
  const datagrams = lines.map((line) => Buffer.from((JSON.parse(line) as { b64: string }).b64, 'base64'));
  const random = new Random(seed);
  const seals = [...passwordsOf(folder)].flatMap(([name, password]): Seal[] => {
    const user = toByteString(name);
    const iv = () => Buffer.from(random.hex(32), 'hex');
    return [
      createSeal({ level: 'sign', user, password }),
      // with an IV that is the same for the same seed
      (payload) => encryptedPart(password, user, payload, iv()),
    ];
  });
  return new DatagramMutator(random, datagrams, seals);
}

/** Users of the folder's AuthFile. */
export function passwordsOf(folder: string): Map<string, Buffer> {
  const lines = readFileSync(join(folder, 'auth'), 'latin1').split('\n');
  const users = lines.map((line) => /^([^:#]+): ?(.+)$/.exec(line)).filter((found) => found !== null);
  return new Map(users.map(([, user = '', password = '']) => [user, Buffer.from(password, 'latin1')]));
}
