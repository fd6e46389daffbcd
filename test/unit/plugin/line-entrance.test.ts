import { expect, test } from 'vitest';
import { LineEntrance } from '../../../shared/plugin/line-entrance.ts';

test('what comes before the chain stands waits in a copy, then goes first', async () => {
  const entrance = new LineEntrance();
  const fed: string[] = [];
  const bytes = Buffer.from('a v=1\n');
  const early = entrance.send(bytes);
  bytes.fill(0);
  void entrance.send(Buffer.from('b v=1\n'));
  expect(early).toBeInstanceOf(Promise);
  entrance.open((lines) => {
    fed.push(String(lines));
    return undefined;
  });
  expect(fed).toEqual(['a v=1\n', 'b v=1\n']);
  await early;

  // from now on at once, and without a copy
  const late = Buffer.from('c v=1\n');
  expect(entrance.send(late)).toBeUndefined();
  expect(fed[2]).toBe('c v=1\n');
});

test('early senders wait on while the reader is behind', async () => {
  const entrance = new LineEntrance();
  const early = entrance.send(Buffer.from('a v=1\n'));
  let resume = () => {};
  const behind = new Promise<void>((resolve) => {
    resume = resolve;
  });
  entrance.open(() => behind);
  let isTold = false;
  void early?.then(() => {
    isTold = true;
  });
  await new Promise(setImmediate);
  expect(isTold).toBe(false);
  resume();
  await early;
});
