/** What the system's codes mean in the spool, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; make it, with the group of both sides and mode 2770',
  ENOTDIR: 'it is no directory',
  EACCES: 'this user has no right to; give the directory the group of both sides and mode 2770',
  EPERM: 'it is of another user, and the directory lets only owners rename (sticky); chmod -t the directory',
  ENOTEMPTY: 'it is a directory with something in it; remove it',
  ENAMETOOLONG: 'its name is too long; remove it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'it was exchanged for a link',
};

/** Longest name in a message, in characters. */
const MAX_SHOWN = 60;

/** Why something in the spool failed, for an operator: reason and code, without the paths and calls of the system's own text. */
export function faultText(error: unknown): string {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return message;
  // "EIO: i/o error, rename '…' -> '…'"
  const [, words = message] = /^\w+: (.*?), /.exec(message) ?? [];
  return `${REASONS[code] ?? words} (${code})`;
}

/** A name in quotes, cut where it is longer than anybody reads. */
export function quotedName(name: string): string {
  return `"${name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name}"`;
}
