import { copyFileSync, cpSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PROGRAM } from './crosslayer.ts';

/** Who collectd, and what it starts, runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user of the test, or `nobody` instead of root: collectd starts no program as root (src/exec.c, fork_child). */
export function unprivilegedAccount(): Account {
  const { username, uid, gid } = userInfo();
  if (uid !== 0) return { name: username, uid, gid };
  const row = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!row) throw new Error('There is no user "nobody"');
  return { name: 'nobody', uid: Number(row[1]), gid: Number(row[2]) };
}

/** The command line that runs a command as this account. */
export function asAccount({ uid, gid }: Account, command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...command];
}

/**
 * The built program and its interpreter where the account can read them: where they are, or copies in the folder when somebody's home is in
 * between, as with a clone in `/root`.
 */
export function installFor(account: Account, folder: string): { readonly node: string; readonly program: string } {
  const readable = (path: string) => account.uid === process.getuid?.() || isOpenToAll(path);
  let [node, program] = [process.execPath, PROGRAM];
  if (!readable(node)) {
    node = join(folder, 'node');
    copyFileSync(process.execPath, node);
  }
  if (!readable(program)) {
    program = join(folder, 'program', basename(PROGRAM));
    cpSync(dirname(realpathSync(PROGRAM)), dirname(program), { recursive: true });
  }
  return { node, program };
}

function isOpenToAll(path: string): boolean {
  for (let at = realpathSync(path), wanted = 0o004; ; at = dirname(at), wanted = 0o001) {
    if ((statSync(at).mode & wanted) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
