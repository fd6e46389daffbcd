import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** The kernel reports CPU time in ticks of 10 ms on every Linux (USER_HZ, proc_pid_stat(5)), and memory in pages. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Undefined where there is no /proc, or no such process any more. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second column is the name in parentheses, and may hold anything
    const columns = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(columns[11]) + Number(columns[12]);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: Number(columns[21]) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}

/** CPU seconds between two moments; undefined when one of them is not known. */
export function cpuBetween(before: Usage | undefined, after: Usage | undefined): number | undefined {
  return before && after ? after.cpuSeconds - before.cpuSeconds : undefined;
}
