import type { CommonOptions } from '../config/common-options.ts';
import { createLog, type LineWriter, type LogLevel, type LogRole, type StageLog } from '../log/create-log.ts';
import { redirectConsole } from '../log/redirect-console.ts';
import { systemClock } from '../log/trouble-summary.ts';
import { createLineWriter } from '../log/write-line.ts';
import type { Host } from './definition.ts';

/** The logs of a process. */
export interface Logs {
  /** For what concerns no stage of its own. */
  readonly ofProcess: StageLog;
  ofStage(alias: string, common: CommonOptions): StageLog;
  /** stdout carries an output's protocol: what the host would like to have there goes to stderr from now on. */
  leaveStdout(): void;
  close(): void;
}

/**
 * Opens the logs in the form that the host understands, and sends what libraries print to them.
 *
 * @param alias named in every message where several stages run in one process, or nobody else names us
 */
export function openLogs(host: Host, role: LogRole, level: LogLevel | undefined, single: boolean): Logs {
  const writer = createLineWriter();
  let stdoutIsTaken = false;
  const write: LineWriter = (stream, line) => writer(stdoutIsTaken ? 'stderr' : stream, line);
  const open: StageLog[] = [];
  const log = (alias: string, ownLevel: LogLevel | undefined) => {
    const named = !(host === 'telegraf' && single);
    const opened = createLog({
      host,
      role,
      level: level ?? ownLevel ?? 'info',
      write,
      clock: systemClock,
      ...(named && { alias }),
    });
    open.push(opened);
    return opened;
  };
  const ofProcess = log('crosslayer', undefined);
  redirectConsole(ofProcess, globalThis.console);
  return {
    ofProcess,
    ofStage: (alias, common) => log(alias, common.log_level),
    leaveStdout() {
      stdoutIsTaken = true;
    },
    close() {
      for (const opened of open) opened.close();
    },
  };
}
