import type { DecodeCounts, Notice } from '../../shared/collectd-lines/decode-counts.ts';
import { REFUSALS, type Refusal } from '../../shared/collectd-protocol/refusals.ts';
import type { PluginStats } from '../../shared/stats/stats.ts';

/** What the counts of the decoder are called in statistics, besides refusals, which are `refused_<code>`. */
const NAMES = {
  datagrams: 'datagrams',
  valueLists: 'value_lists',
  values: 'values',
  notifications: 'notifications',
  unknown_type: 'unknown_types',
  other_value_count: 'other_value_counts',
  cleaned: 'cleaned_names',
  not_finite: 'values_not_finite',
  clamped: 'values_clamped',
  without_fields: 'dropped_without_fields',
  without_measurement: 'dropped_without_measurement',
  bad_time: 'dropped_bad_time',
  no_room: 'dropped_no_room',
} as const satisfies Partial<Record<keyof DecodeCounts, string>> & Partial<Record<Notice, string>>;

/** Shows the decoder's counts as statistics. */
export function showCounts(stats: PluginStats, counts: () => DecodeCounts): void {
  for (const [code, name] of Object.entries(NAMES)) {
    stats.gauge(name, () => BigInt(counts()[code as keyof typeof NAMES]));
  }
  for (const refusal of Object.keys(REFUSALS) as Refusal[]) {
    stats.gauge(`refused_${refusal}`, () => BigInt(counts()[refusal]));
  }
}
