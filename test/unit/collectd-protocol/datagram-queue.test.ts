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
