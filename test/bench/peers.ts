import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { onPath } from './measure/on-path.ts';
import { type Bench, SELECTING_TAG, shell } from './setup.ts';
import { cacheFolder, snapshotFile, tableOf, type Workload } from './workload/files.ts';

/** A program of others that may be absent: its command words, or why it is not there. */
export type Peer = { command: string[] } | { skipped: string };

/** One of `test/bench/peers/go`, built into the cache folder. */
export function goPeer({ root, say }: Pick<Bench, 'root' | 'say'>, name: string): Peer {
  if (!onPath('go')) return { skipped: 'Go is not on PATH (Telegraf 1.39 needs Go 1.26; go.dev/dl)' };
  const binary = join(cacheFolder('peers'), name);
  say(`Building ${name}`);
  try {
    execFileSync('go', ['build', '-trimpath', '-o', binary, `./${name}`], {
      cwd: join(root, 'test/bench/peers/go'),
      stdio: 'pipe',
    });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    return { skipped: `${name} could not be built: ${String(stderr).trim().split('\n').at(-1)}` };
  }
  return { command: [binary] };
}

/** The Python filter. A version manager's `python3` is looked through: it would add its own start. */
export function pythonPeer({ root }: Pick<Bench, 'root'>): Peer {
  if (!onPath('python3')) return { skipped: 'python3 is not on PATH (apt-get install python3)' };
  const python = String(execFileSync('python3', ['-c', 'import sys; print(sys.executable)'])).trim();
  return { command: [python, join(root, 'test/bench/peers/python_filter.py')] };
}

/** A peer's shell command for a workload: all take the tag to look up and the table. */
export function onWorkload(command: readonly string[], workload: Workload): string {
  return shell([...command, SELECTING_TAG[workload], tableOf(snapshotFile({ taps: 2000 }))]);
}

/** A Telegraf: `TELEGRAF`, on PATH, or built into our cache folder. */
export function telegrafPeer(): Peer {
  const cached = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'crosslayer', 'telegraf');
  const binary = process.env.TELEGRAF || onPath('telegraf') || (existsSync(cached) ? cached : undefined);
  return binary
    ? { command: [binary] }
    : { skipped: 'no Telegraf on PATH, in TELEGRAF= or in the cache folder (npm run peers)' };
}

/** A collectd: `COLLECTD`, on PATH, or in Debian's place, which an ordinary user's PATH does not name. */
export function collectdPeer(): Peer {
  const binary = process.env.COLLECTD || onPath('collectd') || ['/usr/sbin/collectd'].find((path) => existsSync(path));
  return binary ? { command: [binary] } : { skipped: 'no collectd on PATH or in COLLECTD= (npm run peers)' };
}
