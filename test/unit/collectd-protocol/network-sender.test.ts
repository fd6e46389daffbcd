import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetworkSender } from '../../../shared/collectd-protocol/network-sender.ts';
import { readWire } from '../../support/collectd-wire.ts';
import { notification, valueList } from './value-lists.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function recorded(flushAfterMs?: number) {
  const counts: number[] = [];
  const onDatagram = (datagram: Buffer) => counts.push(readWire(datagram).length);
  const sender = new NetworkSender({ onDatagram, ...(flushAfterMs !== undefined && { flushAfterMs }) });
  return { sender, counts };
}

test('a value waits a second at most, whatever comes after it', () => {
  const { sender, counts } = recorded();
  sender.write(valueList());
  vi.advanceTimersByTime(900);
  sender.write(valueList());
  expect(vi.getTimerCount()).toBe(1);
  expect(counts).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(counts).toEqual([2]);
  // nothing waits, and no timer runs
  expect(vi.getTimerCount()).toBe(0);
  sender.write(valueList());
  vi.advanceTimersByTime(999);
  expect(counts).toEqual([2]);
  vi.advanceTimersByTime(1);
  expect(counts).toEqual([2, 1]);
});

test('a full datagram leaves at once, and what is behind it in time', () => {
  const { sender, counts } = recorded(200);
  while (counts.length === 0) sender.write(valueList());
  vi.advanceTimersByTime(200);
  expect(counts).toHaveLength(2);
});

test('notifications and flushes do not wait', () => {
  const { sender, counts } = recorded();
  sender.write(valueList());
  expect(sender.writeNotification(notification())).toBeUndefined();
  expect(counts).toEqual([1]);
  sender.flush();
  expect(counts).toEqual([1, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('what cannot be written starts no timer', () => {
  const { sender } = recorded();
  expect(sender.write(valueList({ host: '' }))?.reason).toBe('empty_part');
  expect(sender.writeNotification(notification({ message: '' }))?.reason).toBe('empty_message');
  expect(vi.getTimerCount()).toBe(0);
});
