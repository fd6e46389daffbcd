/** Mean number of runnable tasks over 1, 5 and 15 minutes. Source: proc_loadavg(5). */
export interface Load {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
}

export function parseLoad(loadavg: string): Load | undefined {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(loadavg);
  return match
    ? {
        load1: Number(match[1]),
        load5: Number(match[2]),
        load15: Number(match[3]),
      }
    : undefined;
}

/** Whole seconds since boot. Source: proc_uptime(5). */
export function parseUptime(uptime: string): bigint | undefined {
  const match = /^(\d+)\.\d+ /.exec(uptime);
  return match?.[1] === undefined ? undefined : BigInt(match[1]);
}
