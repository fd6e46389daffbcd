import type { LineErrorCode } from '../line-protocol/errors.ts';
import { LF } from '../line-protocol/kernel/layout.ts';
import type { Kernel } from '../line-protocol/kernel.ts';
import { extractAround, LINE_ERROR_MESSAGES } from '../line-protocol/messages.ts';
import type { Log } from '../log/log.ts';
import type { PluginStats } from '../stats/stats.ts';
import type { BadLines } from './pipeline.ts';
import type { Quarantine } from './quarantine.ts';

export interface BadLineOptions {
  readonly invalidLines: 'pass' | 'drop';
  readonly quarantine: Quarantine | undefined;
}

/** Counts malformed records, reports the first of each kind in a while with its place, and keeps copies in the quarantine. */
export function createBadLines(
  kernel: Kernel,
  options: BadLineOptions,
  log: Log,
  stats: PluginStats,
): BadLines & Unfinished {
  const invalid = stats.counter('invalid_lines');
  const dropped = stats.counter('dropped_lines');
  const quarantined = stats.counter('quarantined_lines');
  const unkept = stats.counter('quarantine_errors');
  const drop = options.invalidLines === 'drop';

  const keep = (record: Uint8Array) => {
    if (!options.quarantine) return;
    // the beginning of a record that is too long, or one that was cut off, lacks its newline
    const whole = record.at(-1) === LF ? record : Buffer.concat([record, Buffer.of(LF)]);
    (options.quarantine.keep(whole) ? quarantined : unkept).add();
  };
  const report = (code: LineErrorCode, record: number, from: number, to: number, at: number) => {
    invalid.add();
    if (drop) dropped.add();
    const extract = extractAround(kernel.bytes, from, to, at);
    const fate = drop ? 'dropped' : 'passed on as it came';
    log.trouble(code, `${LINE_ERROR_MESSAGES[code]}; record ${record}, column ${at - from + 1}: "${extract}"; ${fate}`);
    keep(kernel.bytes.subarray(from, to));
    return drop;
  };
  return {
    bad: report,
    overlong: (record, from, to) => report('too_long', record, from, to, from),
    unfinished(record) {
      if (record.length === 0) return;
      invalid.add();
      dropped.add();
      const extract = extractAround(record, 0, record.length, 0);
      log.trouble(
        'incomplete',
        `${LINE_ERROR_MESSAGES.incomplete} at the end: "${extract}"; dropped, since a part of it may look whole`,
      );
      keep(record);
    },
  };
}

export interface Unfinished {
  /** A record that was cut off when the process was told to end. */
  unfinished(record: Uint8Array): void;
}
