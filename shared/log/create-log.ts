import type { Log } from './log.ts';
import { oneLine } from './one-line.ts';
import { type Clock, TroubleSummary } from './trouble-summary.ts';

/** What is logged, from the most important down. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Who reads our stderr and stdout. */
export type LogHost = 'telegraf' | 'collectd' | 'pipe';

/** What this process is to its host: the last stage of a chain decides between `processor` and `output`. */
export type LogRole = 'input' | 'processor' | 'output';

/** Where log lines go. Takes one line without its newline and must not throw (`writeLine` in `write-line.ts`). */
export type LineWriter = (stream: 'stdout' | 'stderr', line: string) => void;

export interface LogOptions {
  readonly host: LogHost;
  readonly role: LogRole;
  /** The least important level to log. */
  readonly level: LogLevel;
  readonly write: LineWriter;
  readonly clock: Clock;
  /** Put before every text as `[alias] `. Leave it out where the host names us itself: one stage alone under Telegraf. */
  readonly alias?: string;
}

/** A log that knows how to end. */
export interface StageLog extends Log {
  /** Writes the sums of repeated trouble that are still held and stops its timer. */
  close(): void;
}

/** The form that a host understands. */
interface Dialect {
  readonly lowest: LogLevel;
  readonly maxBytes: number;
  stream(level: LogLevel): 'stdout' | 'stderr';
  prefix(level: LogLevel): string;
}

const LETTERS: Readonly<Record<LogLevel, string>> = {
  error: 'E! ',
  warn: 'W! ',
  info: 'I! ',
  debug: 'D! ',
  trace: 'T! ',
};

// Telegraf's scanner stops reading a stream for good after a line of 65536 bytes; 8 KiB leave room and are still readable.
const PREFIXED: Dialect = {
  lowest: 'trace',
  maxBytes: 8192,
  stream: () => 'stderr',
  prefix: (level) => LETTERS[level],
};

// inputs.execd and processors.execd read the letter at column 0; outputs.execd calls all of stderr an error and all of stdout info.
const TELEGRAF_OUTPUT: Dialect = {
  lowest: 'trace',
  maxBytes: 8192,
  stream: (level) => (level === 'error' ? 'stderr' : 'stdout'),
  prefix: () => '',
};

// collectd logs every line of stderr as an error (src/exec.c) and closes it after a line of more than 1023 bytes.
const COLLECTD: Dialect = { ...PREFIXED, lowest: 'warn', maxBytes: 1023 };

/** The log of one stage, in the form of the host. */
export function createLog(options: LogOptions): StageLog {
  const { host, role, write, clock } = options;
  const dialect =
    host === 'collectd' ? COLLECTD : host === 'telegraf' && role === 'output' ? TELEGRAF_OUTPUT : PREFIXED;
  const least = Math.min(LOG_LEVELS.indexOf(options.level), LOG_LEVELS.indexOf(dialect.lowest));
  const alias = options.alias === undefined ? '' : `[${options.alias}] `;

  const log = (level: LogLevel, text: string): void => {
    if (LOG_LEVELS.indexOf(level) > least) return;
    write(dialect.stream(level), oneLine(`${dialect.prefix(level)}${alias}${text}`, dialect.maxBytes));
  };
  const trouble = {
    warn: new TroubleSummary((text) => log('warn', text), clock),
    error: new TroubleSummary((text) => log('error', text), clock),
  };

  return {
    error: (text) => log('error', text),
    warn: (text) => log('warn', text),
    info: (text) => log('info', text),
    debug: (text) => log('debug', text),
    trace: (text) => log('trace', text),
    trouble: (kind, text, of = 'warn') => trouble[of].add(kind, text),
    close() {
      trouble.warn.close();
      trouble.error.close();
    },
  };
}
