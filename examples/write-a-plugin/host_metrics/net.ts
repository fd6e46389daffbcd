/** Counters of an interface since it came up, by Telegraf's names. */
export interface NetCounters {
  readonly interface: string;
  readonly counters: [field: string, value: bigint][];
}

/** Telegraf's name of the columns of `/proc/net/dev` that its net input reports. Source: proc_pid_net(5). */
const FIELD_OF_COLUMN: readonly (readonly [column: number, field: string])[] = [
  [0, 'bytes_recv'],
  [1, 'packets_recv'],
  [2, 'err_in'],
  [3, 'drop_in'],
  [8, 'bytes_sent'],
  [9, 'packets_sent'],
  [10, 'err_out'],
  [11, 'drop_out'],
];

const COLUMNS = 16;

/** The interfaces in the text of `/proc/net/dev`. Header lines and lines with fewer columns are left out. */
export function parseNetDev(text: string): NetCounters[] {
  const interfaces: NetCounters[] = [];
  for (const line of text.split('\n')) {
    // The last colon ends the name: an alias like eth0:1 has one of its own. Old kernels put no blank behind it.
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    if (name === '' || columns.length < COLUMNS || !columns.every((column) => /^\d+$/.test(column))) continue;
    interfaces.push({
      interface: name,
      counters: FIELD_OF_COLUMN.map(([column, field]) => [field, BigInt(columns[column] ?? 0)]),
    });
  }
  return interfaces;
}

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;

/** Whether Telegraf's net input reports the interface by default: it is up and no loopback. `flags` is the text of `/sys/class/net/<name>/flags`. */
export function isReported(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & IFF_UP) !== 0 && (bits & IFF_LOOPBACK) === 0;
}

/** Mbit/s, from the text of `/sys/class/net/<name>/speed`; −1 when the driver does not know, as in Telegraf. */
export function parseSpeed(text: string | undefined): bigint {
  const match = /^\s*(-?\d{1,18})\s*$/.exec(text ?? '');
  return match?.[1] === undefined ? -1n : BigInt(match[1]);
}
