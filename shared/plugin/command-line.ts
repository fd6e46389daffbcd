import type { PluginFlag } from '../config/catalogue.ts';
import { parseDuration } from '../config/duration.ts';
import { didYouMean } from '../config/near-miss.ts';
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
  /** Flags of plugins that were given, without hyphens, with their value or an empty text. */
  readonly pluginFlags: ReadonlyMap<string, string>;
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

/**
 * @param pluginFlags flags that the plugins of this process know besides
 * @throws {UsageError}
 */
export function parseCommandLine(words: readonly string[], pluginFlags: readonly PluginFlag[] = []): CommandLine {
  const usages = [...FLAGS.map(([usage]) => usage), ...pluginFlags.map(({ usage }) => usage)];
  const given = readFlags(words, usages);
  const has = (name: string) => given.has(name);
  const config = given.get('config');
  const host = given.get('host');
  const interval = given.get('poll_interval');
  if (host !== undefined && !HOSTS.includes(host))
    throw new UsageError(`--host must be telegraf, collectd or pipe, not "${host}"`);
  return {
    ...(config !== undefined && { config }),
    ...(host !== undefined && { host: host as Host }),
    ...(has('debug') ? { logLevel: 'debug' as const } : has('quiet') ? { logLevel: 'error' as const } : {}),
    once: has('once') || has('test'),
    test: has('test'),
    configCheck: has('config-check'),
    sampleConfig: has('sample-config'),
    explain: has('explain'),
    version: has('version'),
    help: has('help'),
    ...(interval !== undefined && { pollIntervalMs: pollInterval(interval) }),
    pollIntervalDisabled: has('poll_interval_disabled'),
    pluginFlags: new Map([...given].filter(([name]) => pluginFlags.some(({ usage }) => flagName(usage) === name))),
  };
}

/** Flags by name, with their value or an empty text. Own code, since `parseArgs` of node:util takes a millisecond to load, a twentieth of a start. */
function readFlags(words: readonly string[], usages: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const [, name = '', , value] = /^--?([a-z][a-z_-]*)(=(.*))?$/s.exec(word === '-h' ? '--help' : word) ?? [];
    const usage = usages.find((each) => flagName(each) === name);
    if (!usage) {
      const kind = word.startsWith('-') ? 'flag' : 'word';
      throw new UsageError(`Unknown ${kind} "${word}"${didYouMean(name, usages.map(flagName))}`);
    }
    const takesValue = usage.includes(' ');
    if (!takesValue && value !== undefined) throw new UsageError(`--${name} takes no value`);
    const next = takesValue ? (value ?? words[++i]) : '';
    if (next === undefined) throw new UsageError(`--${name} needs a value`);
    given.set(name, next);
  }
  return given;
}

/** The flag's name in its usage, without hyphens. */
export function flagName(usage: string): string {
  return usage.slice(2).split(' ')[0] as string;
}

function pollInterval(value: string): number {
  const ms = parseDuration(value);
  if (ms === undefined || ms < 1)
    throw new UsageError(`--poll_interval must be a duration of at least 1ms, not "${value}"`);
  return ms;
}
