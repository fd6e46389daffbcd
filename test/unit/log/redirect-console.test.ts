import { expect, test } from 'vitest';
import { createLog } from '../../../shared/log/create-log.ts';
import { redirectConsole } from '../../../shared/log/redirect-console.ts';
import { FakeClock } from '../../support/fake-clock.ts';

test('what a library prints goes through the log', () => {
  const lines: string[] = [];
  const log = createLog({
    host: 'pipe',
    role: 'processor',
    level: 'trace',
    write: (stream, line) => lines.push(`${stream} ${line}`),
    clock: new FakeClock(),
  });
  const target = Object.create(console) as Console;
  redirectConsole(log, target);
  target.log('a %d', 1, { b: 2 });
  target.warn('b');
  target.error(new Error('c').message);
  target.debug('d');
  target.info('e');
  target.trace('f');
  expect(lines).toEqual([
    'stderr I! a 1 { b: 2 }',
    'stderr W! b',
    'stderr E! c',
    'stderr D! d',
    'stderr I! e',
    'stderr T! f',
  ]);
});
