import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { CommandQueue } from '../../../plugins/collectd_out/command-queue.ts';

const block = (...commands: string[]) => Buffer.from(commands.map((command) => `${command}\n`).join(''));
const text = (bytes: Buffer | undefined) => bytes?.toString();

describe('commands', () => {
  test('go in the order in which they came, a block at a time', () => {
    const queue = new CommandQueue();
    expect(queue.takeUnsent(10)).toBeUndefined();
    queue.add(block('a', 'b', 'c'), 3);
    queue.add(block(), 0);
    queue.add(block('d'), 1);
    expect([queue.lines, queue.bytes, queue.outstanding]).toEqual([4, 8, 0]);
    expect(text(queue.takeUnsent(2))).toBe('a\nb\n');
    expect(queue.takeUnsent(0)).toBeUndefined();
    expect(text(queue.takeUnsent(9))).toBe('c\n');
    expect(text(queue.takeUnsent(9))).toBe('d\n');
    expect(queue.takeUnsent(9)).toBeUndefined();
    expect([queue.lines, queue.bytes, queue.outstanding]).toEqual([4, 8, 4]);
    expect(['a', 'b', 'c', 'd', undefined].map(() => text(queue.shift()))).toEqual(['a', 'b', 'c', 'd', undefined]);
    expect([queue.lines, queue.bytes, queue.outstanding]).toEqual([0, 0, 0]);
  });

  test('that were sent count as unsent when the connection is lost', () => {
    const queue = new CommandQueue();
    queue.add(block('a', 'b', 'c'), 3);
    queue.takeUnsent(3);
    queue.shift();
    queue.unsend();
    expect([queue.lines, queue.outstanding]).toEqual([2, 0]);
    expect(text(queue.takeUnsent(9))).toBe('b\nc\n');
  });

  test('are trimmed from the oldest', () => {
    const queue = new CommandQueue();
    queue.add(block('aaaa', 'bbbb'), 2);
    queue.add(block('cccc', 'dddd'), 2);
    expect(queue.trim(20)).toBe(0);
    expect(queue.trim(12)).toBe(2);
    expect([queue.lines, queue.bytes]).toEqual([2, 10]);
    expect(text(queue.takeUnsent(9))).toBe('cccc\ndddd\n');
  });

  test('are trimmed until there are none, not longer', () => {
    const queue = new CommandQueue();
    queue.add(block('a', 'b'), 2);
    const shift = vi.spyOn(queue, 'shift');
    const original = CommandQueue.prototype.shift.bind(queue);
    shift.mockImplementation(() => {
      if (shift.mock.calls.length > 3) throw new Error('It goes on for ever');
      return original();
    });
    expect(queue.trim(-1)).toBe(2);
    expect([queue.lines, queue.bytes]).toEqual([0, 0]);
  });
});

test('whatever happens, it holds what a list would hold', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ what: fc.constant('add' as const), n: fc.integer({ min: 0, max: 5 }) }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('send' as const), n: fc.integer({ min: 0, max: 7 }) }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('answer' as const), n: fc.integer({ min: 0, max: 5 }) }) },
    fc.record({ what: fc.constant('lose' as const), n: fc.constant(0) }),
    fc.record({ what: fc.constant('trim' as const), n: fc.integer({ min: 0, max: 60 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const queue = new CommandQueue();
      let waiting: string[] = [];
      let sent = 0;
      let made = 0;
      for (const { what, n } of steps) {
        if (what === 'add') {
          const commands = Array.from({ length: n }, () => `c${made++}`);
          queue.add(block(...commands), n);
          waiting.push(...commands);
        } else if (what === 'send') {
          const bytes = text(queue.takeUnsent(n)) ?? '';
          const commands = bytes.split('\n').slice(0, -1);
          expect(commands).toEqual(waiting.slice(sent, sent + commands.length));
          expect(commands.length > 0).toBe(n > 0 && sent < waiting.length);
          sent += commands.length;
        } else if (what === 'answer') {
          for (let i = 0; i < n && sent > 0; i++, sent--) expect(text(queue.shift())).toBe(waiting.shift());
        } else {
          queue.unsend();
          sent = 0;
          if (what === 'lose') continue;
          const size = () => waiting.reduce((sum, command) => sum + command.length + 1, 0);
          let dropped = 0;
          for (; size() > n; dropped++) waiting = waiting.slice(1);
          expect(queue.trim(n)).toBe(dropped);
        }
        const bytes = waiting.reduce((sum, command) => sum + command.length + 1, 0);
        expect([queue.lines, queue.bytes, queue.outstanding]).toEqual([waiting.length, bytes, sent]);
      }
    }),
    { numRuns: 200 },
  );
});
