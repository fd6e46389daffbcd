/** What a CPU spent its time on since boot, in clock ticks. Source: proc_stat(5). */
export interface CpuTicks {
  /** As Telegraf calls it: `cpu0`, `cpu1`, …, `cpu-total`. */
  readonly cpu: string;
  /** In the order of `CPU_STATES`; what an old kernel does not report is 0. */
  readonly ticks: readonly bigint[];
}

/** The columns of a `cpu` line in `/proc/stat`. */
export const CPU_STATES = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'irq',
  'softirq',
  'steal',
  'guest',
  'guest_nice',
] as const;

export type CpuState = (typeof CPU_STATES)[number];

/** The CPUs in the text of `/proc/stat`, the total last, as Telegraf orders them. Lines that are not understood are left out. */
export function parseCpuTicks(stat: string): CpuTicks[] {
  const cpus: CpuTicks[] = [];
  let total: CpuTicks | undefined;
  for (const line of stat.split('\n')) {
    const match = /^cpu(\d*)((?: +\d+){4,})/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const columns = match[2].trim().split(/ +/).map(BigInt);
    const ticks = CPU_STATES.map((_, column) => columns[column] ?? 0n);
    if (match[1] === '') total = { cpu: 'cpu-total', ticks };
    else cpus.push({ cpu: `cpu${match[1]}`, ticks });
  }
  return total ? [...cpus, total] : cpus;
}

/** Shares of the time between two readings in percent, by state, and `active`: all but idle. */
export type CpuUsage = Record<CpuState | 'active', number>;

/**
 * How a CPU spent its time between two readings, as Telegraf's cpu input counts: guest time is in the kernel's `user` and
 * is taken out of it. Undefined when no tick has passed, which at intervals near 10 ms (one tick) is no error.
 */
export function cpuUsage(before: CpuTicks, after: CpuTicks): CpuUsage | undefined {
  const spent = {} as Record<CpuState, number>;
  CPU_STATES.forEach((state, i) => {
    const delta = (after.ticks[i] ?? 0n) - (before.ticks[i] ?? 0n);
    // The kernel's iowait can go backwards (proc_stat(5)); after a hot plug all columns do.
    spent[state] = delta > 0n ? Number(delta) : 0;
  });
  spent.user = Math.max(0, spent.user - spent.guest);
  spent.nice = Math.max(0, spent.nice - spent.guest_nice);

  const total = CPU_STATES.reduce((sum, state) => sum + spent[state], 0);
  if (total === 0) return undefined;
  const usage = {} as CpuUsage;
  for (const state of CPU_STATES) usage[state] = (100 * spent[state]) / total;
  usage.active = (100 * (total - spent.idle)) / total;
  return usage;
}
