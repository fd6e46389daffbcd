import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecdHost, Exit } from './execd-host.ts';
import type { ProcessFixtures } from './process-test.ts';
import type { ReadingPace } from './real-pipe.ts';
import { type Required, requireProgram } from './requirement.ts';

const PEERS = fileURLToPath(new URL('peers.sh', import.meta.url));

/** Telegraf from `TELEGRAF=`, PATH, or where `npm run peers` puts it. Under `CI=true` it is built when it is missing. */
export async function requireTelegraf(): Promise<Required> {
  if (process.env.CI === 'true' && findTelegraf() === undefined) await install();
  return requireProgram({ name: 'telegraf', find: findTelegraf, install: 'npm run peers' });
}

/** Asynchronous, since vitest gives up a worker that does not answer for a minute. */
function install(): Promise<unknown> {
  const child = spawn('sh', [PEERS, 'telegraf'], { stdio: ['ignore', 'inherit', 'inherit'] });
  return once(child, 'close');
}

function findTelegraf(): string | undefined {
  const named = process.env.TELEGRAF;
  if (named !== undefined && named !== '') return named;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'crosslayer');
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), cache];
  return folders.map((folder) => join(folder, 'telegraf')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

/** What a test says about its Telegraf. */
export interface TelegrafOptions {
  /** Tables besides `[agent]` and the output, which writes all metrics to stdout. */
  readonly tables?: string;
  /** Replaces all that the other options would write, but for the output to stdout. */
  readonly config?: string;
  /** Keys of `[agent]` that differ from {@link AGENT}. */
  readonly agent?: Readonly<Record<string, string | number | boolean>>;
  /** Replaces the output to stdout. */
  readonly outputs?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly reading?: ReadingPace | 'never';
  readonly keep?: 'lines' | 'count';
}

const AGENT = {
  interval: '1s',
  flush_interval: '100ms',
  metric_buffer_limit: 1_000_000,
  hostname: 'node-1',
  skip_processors_after_aggregators: true,
};

const TO_STDOUT = `
[[outputs.file]]
  files = ["stdout"]
  data_format = "influx"
  influx_uint_support = true
`;

/** A real Telegraf whose metrics come out at its stdout. */
export class Telegraf {
  readonly host: ExecdHost;
  readonly config: string;

  constructor(binary: string, { start, file }: Pick<ProcessFixtures, 'start' | 'file'>, options: TelegrafOptions) {
    this.config = file('telegraf.conf', telegrafConfig(options));
    this.host = start({
      command: [binary, '--config', this.config, '--strict-env-handling', ...(options.args ?? [])],
      ...(options.environment && { environment: options.environment }),
      ...(options.reading && { reading: options.reading }),
      ...(options.keep && { keep: options.keep }),
    });
  }

  /** Metrics that came out. */
  get metrics() {
    return this.host.stdout;
  }

  get log() {
    return this.host.stderr;
  }

  /**
   * Errors, and lines of plugins that it could not read a level from. `file already closed` comes with half of all normal
   * ends of a child and means nothing.
   */
  get complaints(): string[] {
    const told = this.log.lines.filter((text) => text.includes(' E! ') || text.includes('stderr: "'));
    return told.filter((text) => !text.includes('file already closed'));
  }

  /** Ends Telegraf as systemd does, with SIGTERM to it alone, and resolves when everything is read. */
  stop(): Promise<Exit> {
    this.host.signal('SIGTERM');
    return this.host.finished;
  }

  /** Process ids of its children whose command line contains the text. */
  children(containing: string): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && parentOf(pid) === this.host.pid && commandLineOf(pid).includes(containing));
  }
}

/** The text of telegraf.conf. */
export function telegrafConfig({ config, tables = '', agent, outputs = TO_STDOUT }: TelegrafOptions): string {
  if (config !== undefined) return `${config}\n${outputs}`;
  const keys = Object.entries({ ...AGENT, ...agent }).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}\n`);
  return `[agent]\n${keys.join('')}${tables}\n${outputs}`;
}

/** A reader's configuration, with what tests need in `[agent]` where the reader says nothing. */
export function withOwnAgent(config: string): string {
  const said = new Set([...config.matchAll(/^\s*(\w+)\s*=/gm)].map((found) => found[1]));
  const keys = Object.entries(AGENT).filter(([key]) => !said.has(key));
  const added = keys.map(([key, value]) => `  ${key} = ${JSON.stringify(value)}\n`).join('');
  return /^\[agent\]/m.test(config) ? config.replace(/^\[agent\].*$/m, `$&\n${added}`) : `[agent]\n${added}${config}`;
}

/** A table of Telegraf that runs a command: `[[<kind>.execd]]`, with `restart_delay` and further keys. */
export function execdTable(kind: 'inputs' | 'processors' | 'outputs', command: readonly string[], more = ''): string {
  const uint = kind === 'inputs' ? '' : '  influx_uint_support = true\n';
  return `\n[[${kind}.execd]]\n  command = ${JSON.stringify(command)}\n  restart_delay = "100ms"\n${uint}${more}\n`;
}

/**
 * A table that replays a file of lines as fast as Telegraf takes them, and then stays. The blank lines behind it fill a
 * pipe: when they are taken, so is the file, and Telegraf may close the pipe.
 */
export function replayTable(path: string): string {
  const command = ['sh', '-c', `cat '${path}'; head -c 65536 /dev/zero | tr '\\0' '\\n'; cat > /dev/null`];
  return `\n[[inputs.execd]]\n  alias = "replay"\n  command = ${JSON.stringify(command)}\n`;
}

/** A table for an input that a test writes to; see {@link Feed}. */
export function feedTable(socketPath: string): string {
  return `\n[[inputs.socket_listener]]\n  service_address = "unix://${socketPath}"\n  data_format = "influx"\n`;
}

/** Writes lines to a running Telegraf. Telegraf parses each line alone there, so no string may hold a newline. */
export class Feed {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connects as soon as Telegraf listens. */
  static async open(telegraf: Telegraf, socketPath: string): Promise<Feed> {
    await telegraf.log.line(`Listening on unix://${socketPath}`);
    const socket = connect(socketPath);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {}); // Telegraf may end before we do
    return new Feed(socket);
  }

  /** Resolves when the kernel has taken the lines. */
  write(lines: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(lines, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#socket.end();
  }
}

function parentOf(pid: number): number {
  // The name in parentheses may contain anything; the state and the parent's id follow the last ")".
  const stat = readOfProcess(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandLineOf(pid: number): string {
  return readOfProcess(pid, 'cmdline').replaceAll('\0', ' ');
}

function readOfProcess(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // it has ended since it was listed
  }
}
