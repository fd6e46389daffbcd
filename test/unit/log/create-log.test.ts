import { expect, test } from 'vitest';
import { createLog, type LogHost, type LogLevel, type LogRole } from '../../../shared/log/create-log.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function logAll(host: LogHost, role: LogRole, level: LogLevel = 'trace', alias?: string): string[] {
  const lines: string[] = [];
  const write = (stream: string, line: string) => lines.push(`${stream} ${line}`);
  const log = createLog({
    host,
    role,
    level,
    write,
    clock: new FakeClock(),
    ...(alias === undefined ? {} : { alias }),
  });
  log.error('Failed');
  log.warn('Late');
  log.info('Read');
  log.debug('Saw');
  log.trace('Did');
  log.close();
  return lines;
}

test('inputs and processors under Telegraf write the level at column 0 of stderr', () => {
  const expected = ['stderr E! Failed', 'stderr W! Late', 'stderr I! Read', 'stderr D! Saw', 'stderr T! Did'];
  expect(logAll('telegraf', 'processor')).toEqual(expected);
  expect(logAll('telegraf', 'input')).toEqual(expected);
});

test('outputs under Telegraf write plain text, and only errors to stderr', () => {
  expect(logAll('telegraf', 'output')).toEqual([
    'stderr Failed',
    'stdout Late',
    'stdout Read',
    'stdout Saw',
    'stdout Did',
  ]);
});

test('collectd, which calls everything an error, gets what is one or may become one', () => {
  expect(logAll('collectd', 'input')).toEqual(['stderr E! Failed', 'stderr W! Late']);
  expect(logAll('collectd', 'output')).toEqual(['stderr E! Failed', 'stderr W! Late']);
});

test('a pipe shows which stage speaks, and an output there keeps its stdout', () => {
  expect(logAll('pipe', 'output', 'info', 'edge')).toEqual([
    'stderr E! [edge] Failed',
    'stderr W! [edge] Late',
    'stderr I! [edge] Read',
  ]);
});

test('the level is the least important that is logged', () => {
  expect(logAll('pipe', 'processor', 'error')).toEqual(['stderr E! Failed']);
  expect(logAll('collectd', 'processor', 'error')).toEqual(['stderr E! Failed']);
  expect(logAll('pipe', 'processor', 'debug')).toHaveLength(4);
});

test('a line fits what the host can read', () => {
  const check = (host: LogHost, bytes: number) => {
    const lines: string[] = [];
    const log = createLog({
      host,
      role: 'processor',
      level: 'info',
      write: (_, line) => lines.push(line),
      clock: new FakeClock(),
    });
    log.error('ä'.repeat(100_000));
    const size = Buffer.byteLength(`${lines[0]}\n`);
    expect(size).toBeLessThanOrEqual(bytes);
    expect(size).toBeGreaterThan(bytes - 4);
    expect(lines[0]).toMatch(/^E! ä+…$/);
  };
  check('telegraf', 8192);
  check('pipe', 8192);
  check('collectd', 1023);
});
