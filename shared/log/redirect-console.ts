import { format } from 'node:util';
import type { Log } from './log.ts';

/** The part of `console` that is redirected. */
export type ConsoleLike = Pick<Console, 'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace'>;

/** Sends what a library prints through the log: stdout is for metrics. */
export function redirectConsole(log: Log, target: ConsoleLike): void {
  const to =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (...values: unknown[]): void =>
      log[level](format(...values));
  target.log = to('info');
  target.info = to('info');
  target.warn = to('warn');
  target.error = to('error');
  target.debug = to('debug');
  target.trace = to('trace');
}
