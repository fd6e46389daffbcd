import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account, asAccount, installFor, unprivilegedAccount } from './collectd-account.ts';
import type { ExecdHost, Exit } from './execd-host.ts';
import { type ProcessFixtures, processTest } from './process-test.ts';
import { type Required, requireProgram } from './requirement.ts';

const PEERS = fileURLToPath(new URL('peers.sh', import.meta.url));

/** Types of Debian's collectd. */
export const TYPES_DB = '/usr/share/collectd/types.db';
/** Types that only tests have, one for every kind of data source. */
export const TEST_TYPES_DB = fileURLToPath(new URL('../fixtures/collectd/types-custom.db', import.meta.url));

/** collectd from `COLLECTD=`, PATH or Debian's place. Under `CI=true` it is installed when it is missing. */
export async function requireCollectd(): Promise<Required> {
  if (process.env.CI === 'true' && findCollectd() === undefined) {
    await once(spawn('sh', [PEERS, 'collectd'], { stdio: ['ignore', 'inherit', 'inherit'] }), 'close');
  }
  return requireProgram({ name: 'collectd', find: findCollectd, install: 'npm run peers' });
}

function findCollectd(): string | undefined {
  const named = process.env.COLLECTD;
  if (named !== undefined && named !== '') return named;
  // Debian puts it where an ordinary user's PATH does not look
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'collectd')).find(existsSync);
}

/** What a test says about its collectd. */
export interface CollectdOptions {
  /** What follows the head: plugins, chains, includes. */
  readonly config: string;
  /** Default `node-b`. */
  readonly hostname?: string;
  /** Seconds between readings, of a plugin that says nothing else. Default 0.2: an `Exec` is started at the first. */
  readonly interval?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * A real collectd in the foreground, in a folder of its own, as an ordinary user: `nobody` where the test runs as root, since the exec
 * plugin starts nothing as root.
 */
export class Collectd {
  readonly host: ExecdHost;
  /** How many lines it had answered when it was told to end. */
  #answersAtStop = Number.POSITIVE_INFINITY;

  constructor(
    binary: string,
    { start, file, folder, account }: ProcessFixtures & { account: Account },
    options: CollectdOptions,
    count: number,
  ) {
    const config = file(`collectd-${count}.conf`, `${head(options, folder)}\n${options.config}\n`);
    this.host = start({
      command: asAccount(account, [binary, '-f', '-C', config]),
      // the account may not be able to read the file, which Node then says in the log of every child
      environment: { NODE_EXTRA_CA_CERTS: undefined, ...options.environment },
    });
  }

  /** Its log, from level info: `[info] …`. */
  get log() {
    return this.host.stderr;
  }

  /** What it answers to lines of an `Exec` program, which never sees it. */
  get answers() {
    return this.host.stdout;
  }

  /** Warnings and errors, and answers that refuse a line. */
  get complaints(): string[] {
    const told = this.log.lines.filter((line) => /^\[(?:error|warning)\]|^(?!\[)/.test(line));
    // it changes no user here, and the machine may be busy
    const meant = told.filter((line) => !/CAP_SETUID|Not sleeping because the next interval/.test(line));
    const refused = this.answers.lines.filter((line, i) => line.startsWith('-1') && !this.#isFromItsEnd(line, i));
    return [...meant, ...refused];
  }

  /** While it ends it has given up its types already, and still answers programs that go on writing. */
  #isFromItsEnd(answer: string, i: number): boolean {
    return i >= this.#answersAtStop && answer.endsWith("isn't defined.");
  }

  /** Resolves when all plugins are initialised and the first reading begins. */
  ready(): Promise<string> {
    return this.log.line('entering read-loop');
  }

  /** Makes the network plugin send what it holds. */
  flush(): void {
    this.host.signal('SIGUSR1');
  }

  /** Ends it as systemd does, and resolves when everything is read. */
  stop(): Promise<Exit> {
    this.#answersAtStop = this.answers.lines.length;
    this.host.signal('SIGTERM');
    return this.host.finished;
  }
}

function head({ hostname = 'node-b', interval = 0.2 }: CollectdOptions, folder: string): string {
  return `Hostname "${hostname}"
FQDNLookup false
BaseDir "${folder}"
Interval ${interval}
WriteThreads 1
TypesDB "${TYPES_DB}" "${TEST_TYPES_DB}"
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "stderr"
  Timestamp false
  PrintSeverity true
</Plugin>`;
}

/** What a test with collectd gets besides {@link ProcessFixtures}. */
export interface CollectdFixtures {
  /** The account that collectd and its children run as; owns the folder. */
  account: Account;
  /** An `Exec` line, or one of NotificationExec, for any command. */
  execLine: (command: readonly string[], directive?: 'Exec' | 'NotificationExec') => string;
  /** The `Exec` line of a program that says this once and stays: one that ends would be started again. */
  execSaying: (text: string | Uint8Array) => string;
  /** The built program and its interpreter, where that account can read them. */
  installed: { readonly node: string; readonly program: string };
  /** The command line of a subcommand of the built program, for that account. */
  ours: (...words: string[]) => string[];
  /** Starts a collectd. */
  collectd: (options: CollectdOptions) => Collectd;
}

/** `processTest` with real collectds. */
export function collectdTest(binary: string) {
  return processTest.extend<CollectdFixtures>({
    account: async ({ folder }, use) => {
      const account = unprivilegedAccount();
      chownSync(folder, account.uid, account.gid);
      await use(account);
    },
    execLine: async ({ account }, use) => {
      await use((command, directive = 'Exec') => {
        const quoted = [account.name, ...command].map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`);
        return `${directive} ${quoted.join(' ')}`;
      });
    },
    execSaying: async ({ file, execLine }, use) => {
      let count = 0;
      await use((text) => execLine(['sh', '-c', `cat ${file(`said-${count++}`, text)}; exec sleep 600`]));
    },
    installed: async ({ account, folder }, use) => {
      await use(installFor(account, folder));
    },
    ours: async ({ installed: { node, program } }, use) => {
      await use((...words) => [node, program, ...words]);
    },
    collectd: async ({ start, file, folder, account }, use) => {
      let count = 0;
      await use((options) => new Collectd(binary, { start, file, folder, account }, options, count++));
    },
  });
}
