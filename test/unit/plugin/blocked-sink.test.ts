import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { READ_SIZE } from '../../../shared/line-protocol/kernel.ts';
import type { LineView } from '../../../shared/line-protocol/line-view.ts';
import type { ByteSink } from '../../../shared/plugin/pipeline.ts';
import { kernelWithNames, LineWay } from './line-way.ts';

/** A pipe whose reader takes what and when the test says. Held bytes are watched: they must stay as they were. */
class SlowSink implements ByteSink {
  /** Bytes that fit in before it is full. */
  room = 0;
  readonly #held: { readonly rest: Buffer; readonly copy: Buffer }[] = [];
  readonly #taken: Buffer[] = [];

  get isBlocked(): boolean {
    return this.#held.length > 0;
  }

  get text(): string {
    return Buffer.concat(this.#taken).toString('latin1');
  }

  /** Bytes that are held where these are, and elsewhere. */
  heldIn(memory: Buffer): [there: number, elsewhere: number] {
    const sum = (where: boolean) =>
      this.#held
        .filter(({ rest }) => (rest.buffer === memory.buffer) === where)
        .reduce((n, { rest }) => n + rest.length, 0);
    return [sum(true), sum(false)];
  }

  write(bytes: Buffer, from: number, to: number): number {
    if (this.isBlocked) return from;
    const n = Math.min(this.room, to - from);
    this.room -= n;
    this.#taken.push(Buffer.from(bytes.subarray(from, from + n)));
    return from + n;
  }

  hold(rest: Buffer): void {
    if (rest.length === 0) throw new Error('Nothing was held');
    this.#held.push({ rest, copy: Buffer.from(rest) });
  }

  /** The reader takes what has been held longest. */
  takeHeld(): void {
    const first = this.#held.shift();
    if (!first) return;
    if (!first.rest.equals(first.copy)) throw new Error('Held bytes were overwritten');
    this.#taken.push(first.copy);
  }

  takeAllHeld(): void {
    while (this.isBlocked) this.takeHeld();
  }
}

const { kernel, names } = kernelWithNames();
const size = names.of('size');
const added = names.of('added');
/** Adds as many bytes as the tag `size` says; 0 leaves the line, a negative number replaces the tag. */
const addBytes = (line: LineView) => {
  const n = Number(line.tag(size));
  if (n > 0) line.setTag(added, 'x'.repeat(n) as ByteString);
  else if (n < 0) line.setTag(size, 'y'.repeat(-n) as ByteString);
};

const record = (n: number, bytes: number) => `m,size=${bytes} f=${n}i\n`;
function written(n: number, bytes: number): string {
  if (bytes > 0) return `m,size=${bytes},added=${'x'.repeat(bytes)} f=${n}i\n`;
  return bytes < 0 ? `m,size=${'y'.repeat(-bytes)} f=${n}i\n` : record(n, bytes);
}

/** What happens after a chunk: so much room comes, and the reader takes so many held parts. */
const event = fc.record({
  bytes: fc.integer({ min: 1, max: READ_SIZE }),
  room: fc.constantFrom(0, 0, 1, 100, 65_536, 10_000_000),
  taken: fc.constantFrom(0, 0, 0, 1, 2, 100),
});

describe('a reader that takes nothing for a while', () => {
  const check = (sizes: readonly number[], events: readonly { bytes: number; room: number; taken: number }[]) => {
    const sink = new SlowSink();
    const way = new LineWay(kernel, { stages: [addBytes], sink });
    const input: string[] = [];
    const expected: string[] = [];
    const total = events.reduce((n, { bytes }) => n + bytes, 0);
    for (let n = 0, bytes = 0; bytes < total; n++) {
      const one = sizes[n % sizes.length] as number;
      input.push(record(n, one));
      expected.push(written(n, one));
      bytes += (input.at(-1) as string).length;
    }
    const bytes = Buffer.from(input.join(''));
    let at = 0;
    let most: [number, number] = [0, 0];
    for (const event of events) {
      way.read(bytes.subarray(at, at + event.bytes));
      at += event.bytes;
      const held = sink.heldIn(kernel.bytes as Buffer);
      most = [Math.max(most[0], held[0]), Math.max(most[1], held[1])];
      sink.room = event.room;
      for (let i = 0; i < event.taken; i++) sink.takeHeld();
    }
    way.read(bytes.subarray(at));
    way.end();
    sink.takeAllHeld();
    expect(sink.text === expected.join('')).toBe(true);
    return most;
  };

  test('gets every byte in order, whatever it takes and when', () => {
    const sizes = fc.array(fc.constantFrom(0, 0, 1, 20, 300, -1, -20), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.array(event, { minLength: 1, maxLength: 12 }), (some, events) => void check(some, events)),
      { numRuns: 100 },
    );
  });

  test('also when the output grows a lot, and when more waits than the output area holds', () => {
    const standing = (chunks: number) =>
      Array.from({ length: chunks }, () => ({ bytes: READ_SIZE, room: 0, taken: 0 }));
    for (const [chunks, ...sizes] of [
      [50, 0],
      [8, 100],
      [10, 0, 300, -50],
    ] as const) {
      const [inArea, elsewhere] = check(sizes, standing(chunks));
      expect(inArea).toBeGreaterThan(1 << 20);
      expect(inArea).toBeLessThanOrEqual(2 << 20);
      expect(elsewhere).toBeGreaterThan(1 << 20);
    }
    // one batch makes more than the area holds
    check([100_000, 0, 0, -30_000], standing(1));
    const now = standing(10).map((each, i) => ({ ...each, room: i * 1000, taken: i % 3 === 0 ? 3 : 0 }));
    check([0, 500], now);
    check([-500, 0, 700], now);
  });

  test('that goes on frees the output area', () => {
    const sink = new SlowSink();
    const way = new LineWay(kernel, { stages: [addBytes], sink });
    const chunk = Buffer.from(record(0, 100).repeat(READ_SIZE / 16));
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) way.read(chunk);
      const [inArea, elsewhere] = sink.heldIn(kernel.bytes as Buffer);
      expect(inArea).toBeGreaterThan(1 << 20);
      expect(elsewhere).toBeGreaterThan(1 << 20);
      sink.takeAllHeld();
    }
  });

  test('gets lines of our own behind what waits', () => {
    const sink = new SlowSink();
    const way = new LineWay(kernel, { stages: [addBytes], sink });
    way.readText(record(1, 5));
    way.pipeline.inject('internal_a,size=2 f=1i 1\n', -1);
    way.readText(record(2, 0));
    way.pipeline.inject('internal_a,size=2 f=1i 1\n', 0);
    way.end();
    sink.takeAllHeld();
    expect(sink.text).toBe(
      `${written(1, 5)}internal_a,size=2,added=xx f=1i 1\n${written(2, 0)}internal_a,size=2 f=1i 1\n`,
    );
  });
});
