import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Ending } from '../../../shared/plugin/ending.ts';
import type { Outputs } from '../../../shared/plugin/outputs.ts';
import type { Signals } from '../../../shared/plugin/signals.ts';
import type { Stdout } from '../../../shared/plugin/stdout.ts';
import { FakeContext } from '../../support/fake-context.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'hrtime'] });
});
afterEach(() => vi.useRealTimers());

/** Signals that a test sends. */
class FakeSignals {
  terminate = () => {};
  interrupt = () => {};
  onTerminate = (listener: () => void) => {
    this.terminate = listener;
  };
  onInterrupt = (listener: () => void) => {
    this.interrupt = listener;
  };
}

class FakeStdout {
  isBlocked = true;
  waitingLines = 42;
  abandoned = false;
  written = 0;
  /** Bytes that it takes at once. */
  takes = 0;

  write(_bytes: Buffer, from: number, to: number): number {
    const n = Math.min(this.takes, to - from);
    this.written += n;
    return from + n;
  }

  hold(rest: Buffer): void {
    this.isBlocked = true;
    this.written += rest.length;
  }

  abandon(): void {
    this.abandoned = true;
    this.isBlocked = false;
  }
}

function start(waitsForInput = true) {
  const signals = new FakeSignals();
  const stdout = new FakeStdout();
  const context = new FakeContext();
  const ending = new Ending(signals as unknown as Signals, context.log, waitsForInput);
  const state = { ended: false, status: undefined as number | undefined };
  void ending.ended.then(() => {
    state.ended = true;
  });
  const flush = (pad = false) => {
    void ending.flush(stdout as unknown as Stdout, pad).then((status) => {
      state.status = status;
    });
  };
  return { signals, stdout, said: context.said, ending, state, flush };
}

describe('the end', () => {
  test('of input waits for the reader for as long as it takes', async () => {
    const { stdout, ending, state, flush } = start();
    ending.end();
    flush();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state).toEqual({ ended: true, status: undefined });
    stdout.isBlocked = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(state.status).toBe(0);
  });

  test('by SIGTERM waits for 4 s, and says how many lines are lost', async () => {
    const { signals, stdout, said, ending, state, flush } = start();
    signals.terminate();
    expect(ending.isOrdered).toBe(true);
    flush();
    await vi.advanceTimersByTimeAsync(3990);
    expect(state).toEqual({ ended: true, status: undefined });
    await vi.advanceTimersByTimeAsync(20);
    expect(state.status).toBe(1);
    expect(stdout.abandoned).toBe(true);
    expect(said).toEqual(['E The reader of stdout stands still: 42 lines are lost']);
  });

  test('is neither put off nor brought forward when somebody sets the time of day', async () => {
    for (const step of [-86_400_000, 86_400_000]) {
      const { signals, state, flush } = start();
      signals.terminate();
      flush();
      vi.setSystemTime(Date.now() + step);
      await vi.advanceTimersByTimeAsync(3900);
      expect(state.status, `${step}`).toBeUndefined();
      await vi.advanceTimersByTimeAsync(200);
      expect(state.status, `${step}`).toBe(1);
    }
  });

  test('SIGTERM during the wait for the reader, and again: 4 s from the first', async () => {
    const { signals, ending, state, flush } = start();
    ending.end();
    flush();
    await vi.advanceTimersByTimeAsync(10_000);
    signals.terminate();
    await vi.advanceTimersByTimeAsync(3000);
    signals.terminate();
    await vi.advanceTimersByTimeAsync(1100);
    expect(state.status).toBe(1);
  });

  test('by SIGINT waits for the end of input, at most 10 s', async () => {
    const { signals, ending, state } = start();
    signals.interrupt();
    await vi.advanceTimersByTimeAsync(9990);
    expect(state.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    expect(state.ended).toBe(true);
    expect(ending.isOrdered).toBe(true);
  });

  test('by SIGINT without an input to wait for is at once', async () => {
    const { signals, state } = start(false);
    signals.interrupt();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.ended).toBe(true);
  });

  test('under Telegraf is followed by a pipe full of newlines, which may not be taken', async () => {
    const { stdout, ending, state, flush } = start();
    stdout.isBlocked = false;
    stdout.takes = 5000;
    ending.end();
    flush(true);
    await vi.advanceTimersByTimeAsync(10);
    expect(stdout.written).toBe(65_536);
    expect(state.status).toBeUndefined();
    await vi.advanceTimersByTimeAsync(4000);
    expect(state.status).toBe(0);
    expect(stdout.abandoned).toBe(true);
  });
});

test('a gathering under way is waited for, but not for ever', async () => {
  const { ending } = start();
  const finished = vi.fn();
  void ending.finish(new Promise(() => {})).then(finished);
  await vi.advanceTimersByTimeAsync(1900);
  expect(finished).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(finished).toHaveBeenCalled();
});

test('outputs are waited for, after SIGTERM for 4 s', async () => {
  const { signals, said, ending } = start();
  const outputs = { stop: () => new Promise<void>(() => {}), waitingLines: 7 } as unknown as Outputs;
  const done = vi.fn();
  void ending.deliver(outputs).then(done);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).not.toHaveBeenCalled();
  signals.terminate();
  await vi.advanceTimersByTimeAsync(4100);
  expect(done).toHaveBeenCalledWith(1);
  expect(said).toEqual(['E An output does not end: 7 lines are lost']);
});
