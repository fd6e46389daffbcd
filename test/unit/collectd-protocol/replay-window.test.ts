import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import { DatagramWriter } from '../../../shared/collectd-protocol/datagram-writer.ts';
import { ReplayWindow, type ReplayWindowOptions } from '../../../shared/collectd-protocol/replay-window.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { notification, valueList } from './value-lists.ts';

const START = 1_700_000_000_000;
const WINDOW = 16_000;

/** A signed datagram, told apart by its number. */
interface Sealed {
  readonly user?: string;
  readonly host?: string;
  /** Milliseconds since the start. */
  readonly at: number;
  readonly id: number;
}

/** The parts behind a signature of 16 bytes that says no more than which datagram it is. */
function sealed({ host = 'node-a', at, id }: Sealed): Buffer {
  const datagrams: Buffer[] = [];
  const writer = new DatagramWriter({ onDatagram: (datagram) => datagrams.push(datagram) });
  const time = cdtimeOfNs(BigInt(START + at) * 1_000_000n);
  writer.write(valueList({ host, time: time - (5n << 30n) }));
  writer.write(valueList({ host: `${host}-other`, time }));
  writer.flush();
  const mark = Buffer.alloc(16);
  mark.writeUInt32BE(id);
  return Buffer.concat([mark, ...datagrams]);
}

function opened(options: Partial<ReplayWindowOptions> = {}) {
  const clock = { now: START };
  const window = new ReplayWindow({ windowMs: WINDOW, now: () => clock.now, ...options });
  const check = (datagram: Sealed) => {
    const bytes = sealed(datagram);
    return window.check(toByteString(datagram.user ?? 'alice'), bytes, 0, 16, bytes.length) ?? 'new';
  };
  return { window, clock, check };
}

test('what came before is refused', () => {
  const { check } = opened();
  expect(check({ at: 0, id: 1 })).toBe('new');
  expect(check({ at: 0, id: 1 })).toBe('replayed');
  expect(check({ at: 0, id: 2 })).toBe('new');
  expect(check({ at: 10, id: 3 })).toBe('new');
  expect([1, 2, 3].map((id) => check({ at: id === 3 ? 10 : 0, id }))).toEqual(['replayed', 'replayed', 'replayed']);
});

test('what is late or out of order by less than the window passes, once', () => {
  const { check, clock, window } = opened();
  clock.now += 100_000;
  expect(check({ at: 100_000, id: 1 })).toBe('new');
  expect(check({ at: 84_001, id: 2 })).toBe('new');
  expect(check({ at: 90_000, id: 3 })).toBe('new');
  expect(check({ at: 90_000, id: 3 })).toBe('replayed');
  // a slot is a sixteenth of the window
  expect(check({ at: 82_999, id: 4 })).toBe('replay_too_old');
  expect(window.marks).toBe(3);
  clock.now += 16_000;
  expect(check({ at: 116_000, id: 5 })).toBe('new');
  expect(check({ at: 90_000, id: 3 })).toBe('replay_too_old');
  expect(check({ at: 100_000, id: 1 })).toBe('replayed');
  // those too old are forgotten
  expect(window.marks).toBe(2);
});

test('each user and host has its own window', () => {
  const { check, clock, window } = opened();
  clock.now += 1_000_000;
  expect(check({ at: 1_000_000, id: 1 })).toBe('new');
  expect(check({ at: 0, id: 2, host: 'node-b' })).toBe('new');
  expect(check({ at: 0, id: 2, user: 'bob' })).toBe('new');
  expect(check({ at: 0, id: 2, user: 'bob' })).toBe('replayed');
  expect(check({ at: 0, id: 2 })).toBe('replay_too_old');
  expect(window.senders).toBe(3);
  // a name cannot be pushed from one into the other
  expect(check({ at: 0, id: 7, user: 'a', host: 'bc' })).toBe('new');
  expect(check({ at: 0, id: 7, user: 'ab', host: 'c' })).toBe('new');
});

test('what was recorded before the start', () => {
  const { check } = opened();
  expect(check({ at: -WINDOW - 1000, id: 1 })).toBe('replay_too_old');
  expect(check({ at: -WINDOW + 1000, id: 2 })).toBe('new');
});

test('a sender whose clock is ahead does no harm, and is heard when it is right again', () => {
  const { check, clock } = opened();
  expect(check({ at: 0, id: 1 })).toBe('new');
  expect(check({ at: 30 * 365 * 86_400_000, id: 2 })).toBe('replay_too_new');
  expect(check({ at: WINDOW + 1, id: 3 })).toBe('replay_too_new');
  expect(check({ at: WINDOW, id: 4 })).toBe('new');
  expect(check({ at: 500, id: 5 })).toBe('new');
  clock.now += 1000;
  expect(check({ at: WINDOW + 1, id: 3 })).toBe('new');
});

test('a datagram without a time is none of its business', () => {
  const { window } = opened();
  const mark = Buffer.alloc(16);
  for (const rest of ['', '00', '0000000561', '00000006616200', '0008000c', '0008000b00000000000000']) {
    const bytes = Buffer.concat([mark, Buffer.from(rest, 'hex')]);
    for (let i = 0; i < 2; i++) expect(window.check(toByteString('alice'), bytes, 0, 16, bytes.length)).toBeUndefined();
  }
  expect([window.marks, window.senders]).toEqual([0, 0]);
});

test('notifications, and times in seconds', () => {
  const { window } = opened();
  const datagrams: Buffer[] = [];
  const writer = new DatagramWriter({ onDatagram: (datagram) => datagrams.push(datagram) });
  writer.writeNotification(notification({ time: cdtimeOfNs(BigInt(START) * 1_000_000n) }));
  const seconds = Buffer.alloc(12);
  seconds.writeUInt32BE(0x0001_000c);
  seconds.writeBigUInt64BE(BigInt(START / 1000), 4);
  for (const [i, parts] of [...datagrams, seconds].entries()) {
    const bytes = Buffer.concat([Buffer.alloc(16, i), parts]);
    const check = () => window.check(toByteString('alice'), bytes, 0, 16, bytes.length);
    expect([check(), check()]).toEqual([undefined, 'replayed']);
  }
});

describe('room', () => {
  test('where it ends, what is as old as the forgotten is refused', () => {
    const { check, window } = opened({ maxMarks: 4 });
    for (let i = 0; i < 4; i++) expect(check({ at: i * 1000, id: i })).toBe('new');
    expect(check({ at: 4000, id: 4 })).toBe('new');
    expect(window.marks).toBe(4);
    expect(check({ at: 0, id: 0 })).toBe('replay_too_old');
    expect(check({ at: 500, id: 9 })).toBe('replay_too_old');
    expect(check({ at: 1000, id: 1 })).toBe('replayed');
  });

  test('a sender who was not heard of for long makes room for others', () => {
    const { check, window } = opened({ maxSenders: 2 });
    expect(check({ at: 0, id: 1, host: 'a' })).toBe('new');
    expect(check({ at: 0, id: 1, host: 'b' })).toBe('new');
    expect(check({ at: 10, id: 2, host: 'a' })).toBe('new');
    expect(check({ at: 3000, id: 1, host: 'c' })).toBe('new');
    expect([window.senders, window.marks]).toEqual([2, 3]);
    // a is known, b is not any more
    expect(check({ at: 10, id: 2, host: 'a' })).toBe('replayed');
    expect(check({ at: 0, id: 1, host: 'b' })).toBe('replay_too_old');
    expect(check({ at: 3000, id: 2, host: 'b' })).toBe('new');
  });
});

test('nothing passes twice, whatever comes in whatever order, and the room is never exceeded', () => {
  const datagram = fc.record({
    user: fc.constantFrom('alice', 'bob'),
    host: fc.constantFrom('a', 'b', 'c'),
    at: fc.integer({ min: -30_000, max: 60_000 }),
    id: fc.integer({ min: 0, max: 3 }),
  });
  const step = fc.oneof({ weight: 5, arbitrary: datagram }, { weight: 1, arbitrary: fc.nat({ max: 10_000 }) });
  const limits = fc.record({ maxMarks: fc.integer({ min: 1, max: 20 }), maxSenders: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), limits, (steps, limit) => {
      const { window, clock, check } = opened(limit);
      const passed = new Set<string>();
      const all: Sealed[] = [];
      const send = (one: Sealed) => {
        if (check(one) !== 'new') return;
        const key = JSON.stringify(one);
        expect(passed.has(key), key).toBe(false);
        passed.add(key);
      };
      for (const one of steps) {
        if (typeof one === 'number') {
          clock.now += one;
        } else {
          send(one);
          all.push(one);
          // and what was recorded comes again
          send(all[all.length >> 1] as Sealed);
        }
        expect(window.senders).toBeLessThanOrEqual(limit.maxSenders);
        expect(window.marks).toBeLessThanOrEqual(Math.max(limit.maxMarks, 1));
      }
      for (const one of all) send(one);
    }),
    { numRuns: 300 },
  );
});
