import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { FifoFilter } from './fifo-filter.ts';
import { cpuOf } from './process-figures.ts';

/** `cat FILE` into a filter, whose input stays open afterwards; resolves when the filter has nothing left to do. */
export async function replay(filter: FifoFilter, file: string): Promise<void> {
  const cat = spawn('cat', [file], { stdio: ['ignore', filter.input, 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    cat.once('error', reject);
    cat.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`cat ${file}: exit status ${code}`))));
  });
  await idle(filter.pid);
}

/** Resolves when a process and its children have used hardly any CPU for half a second. */
export async function idle(pid: number): Promise<void> {
  const quiet = 0.01; // s of CPU; a Telegraf without work uses a quarter of that
  for (let before = Number.NEGATIVE_INFINITY, now = cpuOf(pid); now - before > quiet; now = cpuOf(pid)) {
    before = now;
    await setTimeout(500);
  }
}
