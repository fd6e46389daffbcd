import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatagramQueue } from '../../../shared/collectd-protocol/datagram-queue.ts';

const all = (queue: DatagramQueue) => {
  const texts: string[] = [];
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) texts.push(one.toString());
  return texts;
};

test('gives datagrams in their order; the oldest make room', () => {
  const queue = new DatagramQueue(10);
  const check = (text: string, dropped: number, bytes: number) => {
    expect(queue.add(Buffer.from(text))).toBe(dropped);
    expect(queue.bytes).toBe(bytes);
  };
  check('aaaa', 0, 4);
  check('bbb', 0, 7);
  check('ccc', 0, 10);
  check('d', 1, 7);
  check('eeeeeeee', 2, 9);
  expect(queue.length).toBe(2);
  // larger than all of it
  check('f'.repeat(11), 1, 9);
  expect(all(queue)).toEqual(['d', 'eeeeeeee']);
  expect([queue.length, queue.bytes]).toEqual([0, 0]);
  check('gggggggggg', 0, 10);
  expect(queue.clear()).toBe(1);
  expect([queue.length, queue.bytes, queue.shift()]).toEqual([0, 0, undefined]);
});

test('a long one forgets what has left', () => {
  const queue = new DatagramQueue(1_000_000);
  const texts = Array.from({ length: 5000 }, (_, i) => `${i}`);
  for (const text of texts) queue.add(Buffer.from(text));
  const first = texts.slice(0, 4000).map(() => String(queue.shift()));
  queue.add(Buffer.from('last'));
  expect([...first, ...all(queue)]).toEqual([...texts, 'last']);
});

test('what is put back stands before all others, in its order; without room the oldest goes', () => {
  const queue = new DatagramQueue(6);
  const check = (text: string, dropped: number) => expect(queue.putBack(Buffer.from(text))).toBe(dropped);
  for (const text of ['a', 'b', 'c', 'd']) queue.add(Buffer.from(text));
  expect([queue.shift(), queue.shift(), queue.shift()].map(String)).toEqual(['a', 'b', 'c']);
  for (const text of ['a', 'b', 'c']) check(text, 0);
  // and again, after the first of them was tried
  expect(String(queue.shift())).toBe('a');
  check('a', 0);
  queue.add(Buffer.from('eee'));
  // the oldest made room, which was put back
  expect([queue.length, queue.bytes]).toEqual([4, 6]);
  // it is older than all that wait
  expect(String(queue.shift())).toBe('b');
  queue.add(Buffer.from('f'));
  check('b', 1);
  expect(all(queue)).toEqual(['c', 'd', 'eee', 'f']);
});

test('whatever leaves and comes back, the order stays, and the newest are kept', () => {
  const step = fc.record({ add: fc.nat(4), take: fc.nat(5), fail: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new DatagramQueue(20);
      let waiting: number[] = [];
      let made = 0;
      for (const { add, take, fail } of steps) {
        const taken: number[] = [];
        for (let i = 0; i < take && waiting.length > 0; i++) {
          expect(queue.shift()?.[0]).toBe((waiting[0] as number) % 256);
          taken.push(waiting.shift() as number);
        }
        for (let i = 0; i < add; i++) {
          queue.add(Buffer.from([made % 256, 0]));
          waiting = [...waiting, made++].slice(-10);
        }
        // the last of those taken come back, as errors come in the order of sending
        for (const one of taken.slice(-fail || taken.length)) {
          const room = waiting.length < 10;
          const dropped = queue.putBack(Buffer.from([one % 256, 0]));
          waiting = [...waiting, one].toSorted((a, b) => a - b).slice(-10);
          expect(dropped).toBe(room ? 0 : 1);
        }
        expect([queue.length, queue.bytes]).toEqual([waiting.length, waiting.length * 2]);
      }
      expect(Array.from({ length: waiting.length }, () => queue.shift()?.[0])).toEqual(waiting.map((n) => n % 256));
    }),
    { numRuns: 200 },
  );
});
