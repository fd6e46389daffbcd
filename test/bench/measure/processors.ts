import { readFileSync } from 'node:fs';
import { onPath } from './on-path.ts';

/** Two processors that we may use: one for the ends of a pipe, one for the filter. Undefined where there is no `taskset` or only one. */
export function processors(): { ends: number; filter: number } | undefined {
  if (!onPath('taskset')) return undefined;
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const numbers = list.match(/\d+/g)?.map(Number) ?? [];
  const ends = numbers[0];
  const filter = numbers.at(-1);
  return ends === undefined || filter === undefined || ends === filter ? undefined : { ends, filter };
}

/** `taskset` and its arguments, for the start of a shell command; empty where nothing is pinned. */
export function on(processor: number | undefined): string {
  return processor === undefined ? '' : `taskset -c ${processor} `;
}
