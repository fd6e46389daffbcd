import { readFileSync } from 'node:fs';
import type { Host } from './definition.ts';

/**
 * Who started this process, by its parent's command name. The environment proves nothing: every stage of a shell pipe under collectd
 * inherits COLLECTD_INTERVAL.
 */
export function detectHost(): Host {
  try {
    const name = readFileSync(`/proc/${process.ppid}/comm`, 'utf8').trim();
    if (name === 'telegraf') return 'telegraf';
    if (name === 'collectd') return 'collectd';
  } catch {
    // no /proc: another system, or the parent has gone
  }
  return 'pipe';
}
