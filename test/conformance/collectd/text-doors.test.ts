import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { formatPutnotif, type PutnotifLine } from '../../../shared/collectd-protocol/format-putnotif.ts';
import { formatIdentifier } from '../../../shared/collectd-protocol/identifier-text.ts';
import { type Notification, SEVERITIES } from '../../../shared/collectd-protocol/notification.ts';
import { PutvalWriter } from '../../../shared/collectd-protocol/putval-writer.ts';
import { readPutnotif } from '../../../shared/collectd-protocol/read-putnotif.ts';
import { type Putval, readPutval } from '../../../shared/collectd-protocol/read-putval.ts';
import { isTextProblem, type TextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { Value, ValueList } from '../../../shared/collectd-protocol/value-list.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { collectdTest, requireCollectd, TEST_TYPES_DB } from '../../support/collectd.ts';
import type { WireRecord } from '../../support/collectd-wire.ts';
import { notifications, valueLists } from '../../unit/collectd-protocol/arbitrary-text.ts';
import { startTextDaemon } from './text-daemon.ts';
import { DEADLY_ROWS, PUTNOTIF_ROWS, PUTVAL_ROWS, type TextRow } from './text-rows.ts';

const HOSTNAME = 'node-b' as ByteString;
const TICKS_PER_MS = 2n ** 30n / 1000n;

const TYPES = parseTypesDb([
  { name: 'custom', bytes: readFileSync(TEST_TYPES_DB) },
  { name: 'two', bytes: Buffer.from('gauge value:GAUGE:U:U\nif_octets rx:DERIVE:0:U, tx:DERIVE:0:U\n') },
]).types;
const CONTEXT = { types: TYPES, now: () => 1n, hostname: HOSTNAME };

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

describe('every row of the tables of lines', () => {
  const check = ([line, , ours]: TextRow, read: object) => {
    const verdict = isTextProblem(read) ? read.reason : 'same';
    expect(`${verdict} ${line}`).toBe(`${ours} ${line}`);
  };

  test('of PUTVAL', () => {
    for (const row of [...PUTVAL_ROWS, ...DEADLY_ROWS]) check(row, readPutval(row[0] as ByteString, CONTEXT));
  });

  test('of PUTNOTIF', () => {
    for (const row of PUTNOTIF_ROWS) check(row, readPutnotif(row[0] as ByteString));
  });
});

describe.skipIf(missing)('a real collectd', () => {
  test('answers every PUTVAL as the table says, and dispatches what we read', async ({ collectd, folder }) => {
    const { socket, recorder, finish } = await startTextDaemon(collectd, folder);
    const answers = await socket.ask(PUTVAL_ROWS.map(([line]) => line));
    await finish();
    let at = 0;
    for (const [index, [line, expected, ours]] of PUTVAL_ROWS.entries()) {
      expect([line, ...(answers[index] ?? [])]).toEqual([line, ...expected]);
      const count = Number(/Success: (\d+) value/.exec(expected.at(-1) ?? '')?.[1] ?? 0);
      const dispatched = recorder.records.slice(at, at + count);
      at += count;
      if (ours === 'same')
        expect([line, ...ourLists(line)]).toEqual([line, ...dispatched.map((r) => wireText(r, line))]);
    }
    expect(recorder.records).toHaveLength(at + 1);
  });

  test('answers every PUTNOTIF as the table says, and dispatches what we read', async ({ collectd, folder }) => {
    const { socket, recorder, finish } = await startTextDaemon(collectd, folder);
    const answers = await socket.ask(PUTNOTIF_ROWS.map(([line]) => line));
    await finish();
    const dispatched = recorder.records.filter(({ kind }) => kind === 'notification');
    for (const [index, [line, expected, ours]] of PUTNOTIF_ROWS.entries()) {
      expect([line, ...(answers[index] ?? [])]).toEqual([line, ...expected]);
      const record = expected[0] === '0 Success' ? dispatched.shift() : undefined;
      if (ours === 'same')
        expect([line, notificationText(readPutnotif(line as ByteString))]).toEqual([
          line,
          record && notificationRecordText(record),
        ]);
    }
  });

  test('takes every PUTVAL that we write, and dispatches the same list', async ({ collectd, folder }) => {
    const { socket, recorder, finish } = await startTextDaemon(collectd, folder);
    const lists = fc.sample(valueLists(TYPES), { numRuns: 800, seed: 4 });
    const writer = new PutvalWriter();
    const written = lists.filter((list) => writer.write(list) === undefined);
    expect(written.length).toBeGreaterThan(700);
    const lines = writer.take().toString('latin1').trimEnd().split('\n');
    const answers = await socket.ask(lines);
    await finish();
    for (const [index, list] of written.entries()) {
      const line = lines[index] as string;
      const record = recorder.records[index] as WireRecord;
      expect([line, ...(answers[index] ?? [])]).toEqual([line, '0 Success: 1 value has been dispatched.']);
      expect([line, wireText(record, line)]).toEqual([line, ...ourLists(line)]);
      const time = near(list.time, record.time) ? record.time : list.time;
      expect(wireText(record, line)).toBe(listText({ ...list, time, values: list.values.map(asWritten) }));
    }
  });

  test('takes every PUTNOTIF that we write, and dispatches what we read', async ({ collectd, folder }) => {
    const { socket, recorder, finish } = await startTextDaemon(collectd, folder);
    const written = fc
      .sample(notifications(), { numRuns: 400, seed: 4 })
      .map((notification) => formatPutnotif(notification))
      .filter((line): line is PutnotifLine => 'line' in line);
    expect(written.length).toBeGreaterThan(300);
    const lines = written.map(({ line }) => line.slice(0, -1) as ByteString);
    const answers = await socket.ask(lines);
    await finish();
    const records = recorder.records.filter(({ kind }) => kind === 'notification');
    for (const [index, line] of lines.entries()) {
      expect([line, ...(answers[index] ?? [])]).toEqual([line, '0 Success']);
      const record = records[index] as WireRecord;
      expect([line, notificationRecordText(record)]).toEqual([line, notificationText(readPutnotif(line))]);
    }
  });
});

/** Text doors pass times through a double: half its step, until 2106. Later ones are not looked at. */
function near(one: bigint, other: bigint): boolean {
  const distance = one > other ? one - other : other - one;
  return one >= 2n ** 62n || distance * 4000n <= TICKS_PER_MS;
}

function ourLists(line: string): string[] {
  const read: Putval | TextProblem = readPutval(line as ByteString, CONTEXT);
  return isTextProblem(read) ? [read.message] : read.lists.map((list) => listText(list, / N:/.test(line)));
}

function listText(list: ValueList, isNow = false): string {
  // without an interval collectd takes its own
  const interval = list.interval === 0n ? 'own' : list.interval;
  return `${formatIdentifier(list)} ${isNow ? 'now' : list.time} ${interval} ${list.values.map(valueText).join()}`;
}

function valueText(value: Value): string {
  if (Number.isNaN(value.value)) return 'gauge:NaN';
  const bits = Buffer.alloc(8);
  if (value.kind === 'gauge') bits.writeDoubleBE(value.value);
  else if (value.kind === 'derive') bits.writeBigInt64BE(value.value);
  else bits.writeBigUInt64BE(value.value);
  return `${value.kind}:${bits.toString('hex')}`;
}

function wireText({ identifier, time, interval, values }: WireRecord, line: string): string {
  const hasInterval = /interval=/i.test(line) && interval !== OWN_INTERVAL;
  return `${identifier} ${/ N:/.test(line) ? 'now' : time} ${hasInterval ? interval : 'own'} ${values.map(nanAlike).join()}`;
}

/** Of collectd's global interval, 0.2 s. */
const OWN_INTERVAL = 214_748_364n;

/** Our writer says `U` for infinities. */
function asWritten(value: Value): Value {
  return value.kind === 'gauge' && !Number.isFinite(value.value) ? { kind: 'gauge', value: Number.NaN } : value;
}

/** NaN has many bit patterns. */
function nanAlike(value: string): string {
  return /^gauge:[7f]ff(?!0{13}$)/.test(value) ? 'gauge:NaN' : value;
}

function notificationText(read: Notification | TextProblem): string {
  if (isTextProblem(read)) return read.message;
  return `${SEVERITIES[read.severity]} ${read.time} ${formatIdentifier(read)} ${read.message}`;
}

function notificationRecordText({ severity, time, identifier, message }: WireRecord): string {
  return `${severity} ${time} ${identifier} ${message}`;
}
