import { parseArgs } from 'node:util';
import { parseDuration } from '../config/duration.ts';
import type { LogLevel } from '../log/create-log.ts';
import type { Host } from './definition.ts';

/** What the command line asks for. */
export interface CommandLine {
  readonly config?: string;
  readonly host?: Host;
  readonly logLevel?: LogLevel;
  readonly once: boolean;
  /** As `once`, but outputs are left out. */
  readonly test: boolean;
  readonly configCheck: boolean;
  readonly sampleConfig: boolean;
  readonly explain: boolean;
  readonly version: boolean;
  readonly help: boolean;
  /** Milliseconds; replaces the option `interval` of inputs. */
  readonly pollIntervalMs?: number;
  /** Triggers only. */
  readonly pollIntervalDisabled: boolean;
}

/** The flags, with one dash or two; the words of Telegraf's shim and of Telegraf itself. */
export const FLAGS = [
  ['--config FILE', 'Read the configuration from FILE; "-" is standard input.'],
  ['--host HOST', 'Who reads and writes this process: telegraf, collectd or pipe. Default: found out.'],
  ['--config-check', 'Check the configuration, print every problem, and end with 0 or 2.'],
  ['--sample-config', 'Print a configuration with all options.'],
  ['--test', 'As --once, but nothing is sent anywhere: outputs are left out, and lines go to stdout.'],
  ['--once', 'Inputs gather once; it is delivered, then it ends. Without an input as usual: it ends with stdin.'],
  ['--explain', 'Pass lines through untouched, each followed by "# " lines that say what would be done and why.'],
  ['--poll_interval DURATION', 'How often inputs gather, e.g. "10ms"; wins over the option "interval".'],
  ['--poll_interval_disabled', 'Inputs gather when triggered only: a newline on stdin, SIGHUP, SIGUSR1 or SIGUSR2.'],
  ['--debug', 'Log debug messages, too.'],
  ['--quiet', 'Log errors only.'],
  ['--version', 'Print the version.'],
  ['--help', 'Print this help.'],
] as const;

/** A mistake on the command line; the message is for the operator. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const HOSTS: readonly string[] = ['telegraf', 'collectd', 'pipe'];
const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** @throws {UsageError} */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const values = parse(words.map(withTwoDashes));
  const { host } = values;
  if (host !== undefined && !HOSTS.includes(host))
    throw new UsageError(`--host must be telegraf, collectd or pipe, not "${host}"`);
  return {
    ...(values.config !== undefined && { config: values.config }),
    ...(host !== undefined && { host: host as Host }),
    ...(values.debug ? { logLevel: 'debug' as const } : values.quiet ? { logLevel: 'error' as const } : {}),
    once: values.once || values.test,
    test: values.test,
    configCheck: values['config-check'],
    sampleConfig: values['sample-config'],
    explain: values.explain,
    version: values.version,
    help: values.help,
    ...(values.poll_interval !== undefined && { pollIntervalMs: pollInterval(values.poll_interval) }),
    pollIntervalDisabled: values.poll_interval_disabled,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: text,
        host: text,
        'config-check': flag,
        'sample-config': flag,
        test: flag,
        once: flag,
        explain: flag,
        poll_interval: text,
        poll_interval_disabled: flag,
        debug: flag,
        quiet: flag,
        version: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'unknown');
  }
}

/** Go's flags are written with one dash as often as with two. */
function withTwoDashes(word: string): string {
  if (word === '-h') return '--help';
  return /^-[a-z]{2}/.test(word) ? `-${word}` : word;
}

function pollInterval(value: string): number {
  const ms = parseDuration(value);
  if (ms === undefined || ms < 1)
    throw new UsageError(`--poll_interval must be a duration of at least 1ms, not "${value}"`);
  return ms;
}
