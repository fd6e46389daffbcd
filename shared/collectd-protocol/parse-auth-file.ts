import { type ByteString, fromByteString } from '../line-protocol/byte-string.ts';

/** Something in an AuthFile that is left out, for an operator: without any password. */
export interface AuthFileProblem {
  /** From 1. */
  readonly line: number;
  /** What is wrong, to be put behind the name of the file and the line. */
  readonly message: string;
}

/** The users of an AuthFile with the bytes of their passwords, and what was left out, in the order of the lines. */
export interface AuthFileContent {
  readonly users: ReadonlyMap<ByteString, Buffer>;
  readonly problems: readonly AuthFileProblem[];
}

/** How much of an AuthFile is taken. */
export interface AuthFileLimits {
  /** Most users; what follows is left out. Default 65,536: each is some 100 bytes of memory. */
  readonly maxUsers?: number;
}

const DEFAULT_MAX_USERS = 65_536;
/** What collectd reads at once; it takes the rest for another line (src/utils/fbhash/fbhash.c; observed). */
const MAX_LINE_BYTES = 4095;

/** What `isspace` of the C library takes for a blank; CR and LF at the end of a line are gone before. */
const LEADING_BLANKS = /^[ \t\v\f\r]*/;

/**
 * Users and passwords as collectd 5.12 reads them (observed): `user: password` in each line. Blanks before the user and before the password are no part of them, those
 * behind are; the user ends at the first colon; lines that begin with `#` are comments; the first entry of a user counts.
 */
export function parseAuthFile(content: Buffer, { maxUsers = DEFAULT_MAX_USERS }: AuthFileLimits = {}): AuthFileContent {
  const users = new Map<ByteString, Buffer>();
  const problems: AuthFileProblem[] = [];
  const rows = content.toString('latin1').split('\n');
  for (const [index, row] of rows.entries()) {
    const report = (message: string) => problems.push({ line: index + 1, message });
    const text = row.replace(/\r+$/, '').replace(LEADING_BLANKS, '');
    if (text === '' || text.startsWith('#')) continue;
    const colon = text.indexOf(':');
    const user = text.slice(0, colon) as ByteString;
    const password = text.slice(colon + 1).replace(LEADING_BLANKS, '');
    if (row.length > MAX_LINE_BYTES) report(`longer than ${MAX_LINE_BYTES} bytes`);
    else if (text.includes('\0')) report('a NUL byte');
    else if (colon < 0) report('no colon between user and password');
    else if (user === '') report('no user');
    else if (password === '') report(`user ${quote(user)} has no password`);
    else if (users.has(user)) report(`user ${quote(user)} is there already, and the first entry counts`);
    else if (users.size < maxUsers) users.set(user, Buffer.from(password, 'latin1'));
    else {
      report(`more than ${maxUsers} users`);
      break;
    }
  }
  return { users, problems };
}

function quote(user: ByteString): string {
  return JSON.stringify(fromByteString(user));
}
