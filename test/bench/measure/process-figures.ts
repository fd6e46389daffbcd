import { readdirSync, readFileSync } from 'node:fs';

/** A process and its living descendants. */
function family(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(family)];
  } catch {
    return []; // it ended meanwhile
  }
}

/** CPU seconds so far of a process and its descendants, living ones only: the scheduler's own count, in ns. */
export function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const member of family(pid)) {
    try {
      for (const task of readdirSync(`/proc/${member}/task`)) {
        nanoseconds += Number(readFileSync(`/proc/${member}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
      }
    } catch {
      // it ended meanwhile
    }
  }
  return nanoseconds / 1e9;
}

/** Resident memory of a process in MB (10^6 bytes), now and at its highest. */
export function memoryOf(pid: number): { now: number; highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => (Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { now: megabytes('VmRSS'), highest: megabytes('VmHWM') };
}
