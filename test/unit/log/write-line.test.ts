import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLineWriter } from '../../../shared/log/write-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A pipe with room for so many bytes. */
function pipe(room: number) {
  const state = { room, text: '', descriptors: new Set<number>() };
  const write = (descriptor: number, bytes: Uint8Array): number => {
    state.descriptors.add(descriptor);
    if (state.room === 0) throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' });
    const taken = Math.min(state.room, bytes.length);
    state.text += Buffer.from(bytes.subarray(0, taken)).toString();
    state.room -= taken;
    return taken;
  };
  return { state, write };
}

test('lines are written at once, to the stream that is named', () => {
  const { state, write } = pipe(100);
  const writeLine = createLineWriter(write);
  writeLine('stderr', 'one');
  expect([...state.descriptors]).toEqual([2]);
  writeLine('stdout', 'two');
  expect([...state.descriptors]).toEqual([2, 1]);
  expect(state.text).toBe('one\ntwo\n');
});

test('a full pipe keeps lines whole and in order', () => {
  const { state, write } = pipe(6);
  const writeLine = createLineWriter(write);
  writeLine('stderr', 'first');
  writeLine('stderr', 'second');
  writeLine('stderr', 'third');
  state.room = 3;
  vi.advanceTimersByTime(20);
  expect(state.text).toBe('first\nsec');
  state.room = 100;
  vi.advanceTimersByTime(20);
  expect(state.text).toBe('first\nsecond\nthird\n');
});

test('what does not fit is counted and told', () => {
  const { state, write } = pipe(0);
  const writeLine = createLineWriter(write);
  for (let i = 0; i < 300; i++) writeLine('stderr', `line ${i}`);
  state.room = 1_000_000;
  vi.advanceTimersByTime(20);
  const lines = state.text.trimEnd().split('\n');
  expect(lines).toHaveLength(257);
  expect(lines.at(-1)).toBe('W! 44 log lines were lost because their reader was slow');
});

test('a reader that left ends nothing', () => {
  const writeLine = createLineWriter(() => {
    throw Object.assign(new Error('EPIPE'), { code: 'EPIPE' });
  });
  expect(() => writeLine('stderr', 'one')).not.toThrow();
  expect(() => writeLine('stderr', 'two')).not.toThrow();
});
