import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cdtimeOfNs, nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { type Notification, SEVERITIES } from '../../../shared/collectd-protocol/notification.ts';
import {
  parseNotificationText,
  THRESHOLD_NUMBERS,
  thresholdNumber,
} from '../../../shared/collectd-protocol/notification-text.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { type ByteString, fromByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/collectd/', import.meta.url));
const HALF_MS = 500_000n;

interface SentNotification {
  readonly severity: number;
  readonly time_hr: string;
  readonly host: string;
  readonly plugin: string;
  readonly plugin_instance: string;
  readonly type: string;
  readonly type_instance: string;
  readonly message: string;
}

function records(name: string): unknown[] {
  const lines = readFileSync(`${FIXTURES}${name}`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** What NotificationExec programs got. */
function recorded(): Notification[] {
  return (records('notificationexec.jsonl') as { b64: string }[]).map(({ b64 }) => {
    const read = parseNotificationText(Buffer.from(b64, 'base64').toString('latin1') as ByteString);
    if (isTextProblem(read)) throw new Error(read.message);
    expect(read.ignoredHeaders).toBe(0);
    return read.notification;
  });
}

/** What the network plugin sent of the same notifications. */
function sent(): SentNotification[] {
  const datagrams = records('expected-notification.jsonl') as { notifications?: SentNotification[] }[];
  return datagrams.flatMap(({ notifications = [] }) => notifications);
}

/** All but the time. */
function textOf(n: { readonly severity: number; readonly names: readonly string[]; readonly message: string }): string {
  return JSON.stringify([n.severity, ...n.names, n.message]);
}

test('what NotificationExec programs got is what the network plugin sent', () => {
  const own = recorded().map((n) => ({
    time: nsOfCdtime(n.time),
    text: textOf({
      severity: SEVERITIES[n.severity],
      names: [n.host, n.plugin, n.pluginInstance, n.type, n.typeInstance].map(fromByteString),
      message: fromByteString(n.message),
    }),
  }));
  const others = sent().map((n) => ({
    time: nsOfCdtime(BigInt(n.time_hr)),
    text: textOf({ ...n, names: [n.host, n.plugin, n.plugin_instance, n.type, n.type_instance] }),
  }));
  expect(own).toHaveLength(54);
  expect(others).toHaveLength(54);
  for (const { time, text } of own) {
    // three decimals are printed
    const at = others.findIndex(
      (other) => other.text === text && time - other.time <= HALF_MS && other.time - time <= HALF_MS,
    );
    expect([text, time, at >= 0]).toEqual([text, time, true]);
    others.splice(at, 1);
  }
  expect(others).toEqual([]);
});

test('the time is the printed one to the nanosecond', () => {
  for (const { time } of recorded()) {
    const ns = nsOfCdtime(time);
    expect(ns % 1_000_000n).toBe(0n);
    expect(cdtimeOfNs(ns)).toBe(time);
  }
});

test("the meta data of thresholds and of PUTNOTIF's options is there", () => {
  const byNames = new Map<string, number>();
  for (const { meta } of recorded()) {
    const names = meta.map(({ name }) => name).join();
    byNames.set(names, (byNames.get(names) ?? 0) + 1);
  }
  expect(Object.fromEntries(byNames)).toEqual({
    '': 27,
    'DataSource,CurrentValue,WarningMin,WarningMax,FailureMin,FailureMax': 6,
    'vm_name,tenant,pid': 21,
  });
  const threshold = recorded().find(({ meta }) => meta[0]?.name === toByteString('DataSource'));
  expect(threshold?.meta.map((entry) => thresholdNumber(entry))).toEqual([undefined, 0, -0.3, 0.3, -0.8, 0.8]);
  expect(threshold?.meta.slice(1).map(({ name }) => name)).toEqual(THRESHOLD_NUMBERS);
});
