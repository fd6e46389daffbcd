import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, vi } from 'vitest';
import { nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { formatPutnotif } from '../../../shared/collectd-protocol/format-putnotif.ts';
import type { MetaData, Notification } from '../../../shared/collectd-protocol/notification.ts';
import { parseNotificationText } from '../../../shared/collectd-protocol/notification-text.ts';
import { PutvalWriter } from '../../../shared/collectd-protocol/putval-writer.ts';
import { readPutnotif } from '../../../shared/collectd-protocol/read-putnotif.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { collectdTest, requireCollectd } from '../../support/collectd.ts';
import { bytes, shortNotifications } from '../../unit/collectd-protocol/arbitrary-text.ts';
import { gauge, valueList } from '../../unit/collectd-protocol/value-lists.ts';
import { startTextDaemon } from './text-daemon.ts';

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

describe.skipIf(missing)('meta data in a real collectd', () => {
  test('of a PUTVAL is what we wrote', async ({ collectd, folder }) => {
    // the wire has no meta data, so that a chain writes it into a name
    const { socket, recorder, finish } = await startTextDaemon(
      collectd,
      folder,
      `
LoadPlugin target_set
PreCacheChain "show"
<Chain "show">
  <Target "set">
    TypeInstance "%{meta:k}"
  </Target>
</Chain>`,
    );
    const values = fc.sample(bytes('/\n%', 1, 100), { numRuns: 200, seed: 4 });
    const writer = new PutvalWriter();
    for (const value of values) {
      const meta = [
        { name: 'other:name_1' as ByteString, value: '"' as ByteString },
        { name: 'k' as ByteString, value },
      ];
      expect(writer.write(valueList({ values: [gauge(1)] }), meta)).toBeUndefined();
    }
    const lines = writer.take().toString('latin1').trimEnd().split('\n');
    const answers = await socket.ask(lines);
    await finish();
    expect(answers).toEqual(lines.map(() => ['0 Success: 1 value has been dispatched.']));
    const names = recorder.records.slice(0, -1).map(({ identifier }) => identifier);
    expect(names).toEqual(values.map((value) => `node-a/df-root/gauge-${value}`));
  });

  test('of a PUTNOTIF reaches a NotificationExec program, whose text we read', async ({
    collectd,
    folder,
    execLine,
    file,
  }) => {
    const relay = file('relay', `cat > "${folder}/$$.part" && mv "${folder}/$$.part" "${folder}/$$.text"\n`);
    const { socket, finish } = await startTextDaemon(
      collectd,
      folder,
      `
LoadPlugin exec
<Plugin exec>
  ${execLine(['sh', relay], 'NotificationExec')}
</Plugin>`,
    );
    const given = fc.sample(shortNotifications(), { numRuns: 40, seed: 4 }).map(numbered);
    const lines = given.map((notification) => {
      const written = formatPutnotif(notification);
      return ('line' in written ? written.line.slice(0, -1) : '') as ByteString;
    });
    expect(await socket.ask(lines)).toEqual(lines.map(() => ['0 Success']));
    const texts = () => readdirSync(folder).filter((name) => name.endsWith('.text'));
    await vi.waitFor(() => expect(texts()).toHaveLength(given.length), { timeout: 10_000 });
    await finish();
    const read = texts().map((name) => shown(notificationOf(readFileSync(join(folder, name), 'latin1'))));
    const sent = lines.map((line) => {
      const notification = readPutnotif(line);
      if (isTextProblem(notification)) throw new Error(notification.message);
      return shown({ ...notification, meta: firstOfEachName(notification.meta) });
    });
    expect(read.sort()).toEqual(sent.sort());
  });
});

/** Told from the others, and of a time that is printed with all its digits. */
function numbered(notification: Notification, index: number): Notification {
  return { ...notification, time: BigInt(1_700_000_000 + index) << 30n };
}

function notificationOf(text: string): Notification {
  const read = parseNotificationText(text as ByteString);
  if (isTextProblem(read)) throw new Error(read.message);
  return read.notification;
}

/** Of a header the first counts. */
function firstOfEachName(meta: readonly MetaData[]): MetaData[] {
  return meta.filter(({ name }, index) => meta.findIndex((other) => other.name === name) === index);
}

function shown(notification: Notification): string {
  return JSON.stringify({ ...notification, time: String(nsOfCdtime(notification.time)) }, [
    ...['severity', 'time', 'host', 'plugin', 'pluginInstance', 'type', 'typeInstance', 'message'],
    ...['meta', 'name', 'value'],
  ]);
}
