import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Columns of /proc/net/udp, split at blanks (net/ipv4/udp.c, udp4_format_sock). */
const INODE_COLUMN = 9;
const DROPS_COLUMN = 12;
/** The kernel's counter has 32 bits. */
const WRAP = 2 ** 32;

/** The inodes of this process's sockets; empty where there is no /proc. */
export function socketInodes(): Set<string> {
  const inodes = new Set<string>();
  for (const fd of listOf('/proc/self/fd')) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${fd}`)) ?? [];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/**
 * Datagrams that the kernel dropped for one socket because its receive buffer was full, exactly; and those with a wrong checksum, which Linux counts
 * there too.
 */
export class KernelDrops {
  readonly #inode: string;
  readonly #tables: readonly string[];
  #last = 0;
  #total = 0;

  /** @param tables where to look, for tests */
  constructor(inode: string, tables: readonly string[] = ['/proc/self/net/udp', '/proc/self/net/udp6']) {
    this.#inode = inode;
    this.#tables = tables;
  }

  /** Since the socket was made. Reads a table with a row for every UDP socket of the host, so once an interval is enough. */
  read(): number {
    for (const table of this.#tables) {
      const drops = dropsIn(textOf(table), this.#inode);
      if (drops === undefined) continue;
      this.#total += (drops - this.#last + WRAP) % WRAP;
      this.#last = drops;
      break;
    }
    return this.#total;
  }
}

function dropsIn(table: string, inode: string): number | undefined {
  const marked = ` ${inode} `;
  for (let at = table.indexOf(marked); at >= 0; at = table.indexOf(marked, at + 1)) {
    const end = table.indexOf('\n', at);
    const row = table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? table.length : end);
    const columns = row.trim().split(/\s+/);
    if (columns[INODE_COLUMN] === inode) return Number(columns[DROPS_COLUMN]);
  }
  return undefined;
}

function listOf(folder: string): string[] {
  return orNothing(() => readdirSync(folder), []);
}

/** Empty for what is no link, or is closed by now. */
function linkOf(path: string): string {
  return orNothing(() => readlinkSync(path), '');
}

function textOf(path: string): string {
  return orNothing(() => readFileSync(path, 'latin1'), '');
}

function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return nothing;
  }
}
