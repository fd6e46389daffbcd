import { fstatSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Log } from '../log/log.ts';
import type { Counter } from '../stats/stats.ts';
import type { Host, Input } from './definition.ts';
import type { Signals } from './signals.ts';

export interface InputLoopOptions {
  readonly input: Input;
  readonly host: Host;
  readonly log: Log;
  /** Gatherings that failed. */
  readonly failures: Counter;
  readonly signals: Signals;
  readonly intervalMs: number;
  readonly pollIntervalDisabled: boolean;
  readonly once: boolean;
  /** Sends what a gathering wrote down the chain, and resolves when there is room for more. */
  readonly flush: () => Promise<void>;
  /** The host wants no more, or once is done. */
  readonly ended: () => void;
}

export interface InputLoop {
  /** Begins no more gatherings, and resolves when the one under way is done and sent. */
  close(): Promise<void>;
}

/**
 * Lets an input gather at every interval and trigger. Gatherings never overlap; one trigger at most waits for its turn, as in
 * Telegraf's shim. stdin: under telegraf a newline is a trigger and the end means stop; under collectd and in a pipe it is not read.
 */
export function startInputLoop(options: InputLoopOptions): InputLoop {
  const { input, host, log, signals, failures } = options;
  let gathering = false;
  let gathered: Promise<void> = Promise.resolve();
  let pending = false;
  let closed = false;

  const gather = async () => {
    gathering = true;
    do {
      pending = false;
      try {
        await input.gather?.();
      } catch (error) {
        failures.add();
        log.trouble('gather', `Could not gather: ${(error as Error).message}`);
      }
      await options.flush();
    } while (pending && !closed);
    gathering = false;
    if (options.once) options.ended();
  };
  const trigger = () => {
    if (closed) return;
    if (gathering) pending = true;
    else gathered = gather();
  };

  signals.onTrigger(trigger);
  const stdin = host === 'telegraf' && !options.once ? readTriggers(trigger, options.ended) : undefined;
  const timer =
    options.pollIntervalDisabled || options.once || !input.gather
      ? undefined
      : setInterval(trigger, options.intervalMs);
  // a timer alone keeps the process alive, a signal handler does not
  const alive = timer ? undefined : setInterval(() => {}, 2 ** 30);
  if (options.once || (input.gather && !options.pollIntervalDisabled)) trigger();
  return {
    close() {
      closed = true;
      clearInterval(timer);
      clearInterval(alive);
      stdin?.destroy();
      return gathered;
    },
  };
}

function readTriggers(trigger: () => void, ended: () => void): Socket | undefined {
  const kind = fstatSync(0);
  if (!kind.isFIFO() && !kind.isSocket()) return undefined;
  const socket = new (process.getBuiltinModule('node:net').Socket)({ fd: 0, readable: true, writable: false });
  socket.on('data', (chunk) => {
    if (chunk.includes(0x0a)) trigger();
  });
  socket.on('end', ended);
  socket.on('error', ended);
  return socket;
}
