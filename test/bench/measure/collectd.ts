import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { type Account, asAccount } from '../../support/collectd-account.ts';
import { cleanEnvironment } from './command.ts';

/** What a measured collectd does besides answering us. */
export interface CollectdOptions {
  binary: string;
  account: Account;
  /** Belongs to collectd alone; made if need be. */
  folder: string;
  /** The program that it starts, once. */
  exec: readonly string[];
  /** The network plugin sends all it gets there, since a collectd without any output complains about each value. */
  serverPort: number;
}

/** A real collectd with one write thread, asked through its socket. */
export class MeasuredCollectd {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<unknown>;
  #socket: Socket | undefined;
  #answers: AsyncIterator<string> | undefined;

  constructor({ binary, account, folder, exec, serverPort }: CollectdOptions) {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, account.uid, account.gid);
    this.#folder = folder;
    const file = join(folder, 'collectd.conf');
    writeFileSync(file, config(folder, [account.name, ...exec], serverPort));
    const log = openSync(join(folder, 'log'), 'w');
    const [program = '', ...args] = asAccount(account, [binary, '-f', '-C', file]);
    this.#child = spawn(program, args, { stdio: ['ignore', log, log], env: cleanEnvironment() });
    closeSync(log);
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  /** CPU seconds so far, of collectd and of the programs that have ended under it; to 10 ms. */
  get cpu(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    return ticks.reduce((sum, text) => sum + Number(text), 0) / 100;
  }

  /** Resolves when a value list has been dispatched. @throws {Error} after a minute, or when collectd has ended */
  async untilDispatched(identifier: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      if (tries === 6000 || this.#child.exitCode !== null) throw new Error(`No ${identifier} in collectd\n${this.log}`);
      if (await this.#knows(identifier)) return;
      await setTimeout(10);
    }
  }

  /** Identifiers of all values it has seen, with the time of the last one in seconds. */
  async list(): Promise<Map<string, number>> {
    const lines = await this.#ask('LISTVAL');
    return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), Number.parseFloat(line)]));
  }

  /** The end of what it logs and answers to the program. */
  get log(): string {
    return this.#said.slice(-4000);
  }

  /** Answers that refuse a line. */
  get refusals(): string[] {
    return this.#said.split('\n').filter((line) => line.startsWith('-1'));
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  get #said(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8');
  }

  async #knows(identifier: string): Promise<boolean> {
    if (this.#socket === undefined && !existsSync(socketFile(this.#folder))) return false;
    return (await this.#ask(`GETVAL "${identifier}"`)).length > 0;
  }

  /** The lines of an answer; empty for one that says no. */
  async #ask(command: string): Promise<string[]> {
    if (this.#answers === undefined) {
      this.#socket = connect(socketFile(this.#folder));
      this.#answers = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
    }
    this.#socket?.write(`${command}\n`);
    const next = async () => String((await this.#answers?.next())?.value);
    const lines: string[] = [];
    for (let left = Number.parseInt(await next(), 10); left > 0; left--) lines.push(await next());
    return lines;
  }
}

function socketFile(folder: string): string {
  return join(folder, 'socket');
}

/** The long interval lets the program be started once: collectd starts it again at every interval when it has ended. */
function config(folder: string, exec: readonly string[], serverPort: number): string {
  return `Hostname "bench"
FQDNLookup false
BaseDir "${folder}"
PIDFile "${folder}/pid"
Interval 86400
WriteThreads 1
TypesDB "/usr/share/collectd/types.db"
LoadPlugin logfile
<Plugin logfile>
  LogLevel notice
  File "stderr"
</Plugin>
LoadPlugin unixsock
<Plugin unixsock>
  SocketFile "${socketFile(folder)}"
</Plugin>
LoadPlugin network
<Plugin network>
  Server "127.0.0.1" "${serverPort}"
</Plugin>
LoadPlugin exec
<Plugin exec>
  Exec ${exec.map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`).join(' ')}
</Plugin>
`;
}
