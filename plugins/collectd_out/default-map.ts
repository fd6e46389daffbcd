import type { MapEntry } from './map-rules.ts';

/** Of the inputs whose remaining fields are readings of the moment, also where they are integers. */
const rest = (measurement: string, parts: Partial<MapEntry>): MapEntry => ({
  measurement,
  fields: ['*'],
  type: 'gauge',
  type_instance: '{field}',
  ...parts,
});

const cpuStates = (tag: string, plugin_instance: string): MapEntry[] => {
  const cpu = { measurement: 'cpu', tags: { cpu: tag }, plugin: 'cpu', plugin_instance, type: 'percent' } as const;
  return [
    { ...cpu, fields: ['usage_iowait'], type_instance: 'wait' },
    { ...cpu, fields: ['usage_irq'], type_instance: 'interrupt' },
    { ...cpu, fields: ['usage_*'], type_instance: '{field*}' },
  ];
};

const mem = (field: string, type_instance: string): MapEntry => {
  return { measurement: 'mem', fields: [field], plugin: 'memory', plugin_instance: '', type: 'memory', type_instance };
};

/** Our own statistics, and not those of Telegraf's input "internal"; the alias tells stages apart. Of the fields those of the moment, all others grow. */
const own = {
  measurement:
    'internal_{crosslayer,topology_tagger,surrogate_context,host_metrics,collectd_in,collectd_out,append_file}',
  plugin: 'crosslayer',
  plugin_instance: '{alias}',
  type_instance: '{field}',
} as const;
const ofTheMoment = [
  'topology_static_rows',
  'topology_versions',
  'topology_snapshot_age_seconds',
  'topology_source_*_up',
  'topology_source_*_age_seconds',
  'topology_load_longest_slice_ms',
  'remembered_heads',
  'connected',
  'queued_lines',
  'queued_bytes',
];

const df = { measurement: 'disk', plugin: 'df', plugin_instance: '{path:mount}' } as const;
const disk = { measurement: 'diskio', plugin: 'disk', plugin_instance: '{name}' } as const;
const net = { measurement: 'net', plugin: 'interface', plugin_instance: '{interface}' } as const;
const swap = { measurement: 'swap', plugin: 'swap', plugin_instance: '' } as const;
const system = { measurement: 'system', plugin_instance: '' } as const;
const processes = { measurement: 'processes', plugin: 'processes', plugin_instance: '' } as const;
const kernel = { measurement: 'kernel', plugin_instance: '' } as const;

/**
 * Where the metrics of Telegraf's common inputs go: the names under which collectd's own plugins cpu, memory, df, disk, interface, load, uptime, swap, processes,
 * contextswitch and entropy have the same values (src/<plugin>.c), in the types of Debian's types.db. Of several entries for a field the first counts.
 */
export const DEFAULT_MAP: readonly MapEntry[] = [
  // ReportByCpu false has no plugin instance
  ...cpuStates('cpu-total', ''),
  ...cpuStates('cpu*', '{cpu*}'),

  mem('used', 'used'),
  mem('free', 'free'),
  mem('cached', 'cached'),
  mem('buffered', 'buffered'),
  mem('sreclaimable', 'slab_recl'),
  mem('sunreclaim', 'slab_unrecl'),
  { ...mem('used_percent', 'used'), type: 'percent' },
  { ...mem('available_percent', 'available'), type: 'percent' },
  rest('mem', { plugin: 'memory', plugin_instance: '' }),

  { ...df, fields: ['free'], type: 'df_complex', type_instance: 'free' },
  { ...df, fields: ['used'], type: 'df_complex', type_instance: 'used' },
  { ...df, fields: ['used_percent'], type: 'percent_bytes', type_instance: 'used' },
  { ...df, fields: ['inodes_free'], type: 'df_inodes', type_instance: 'free' },
  { ...df, fields: ['inodes_used'], type: 'df_inodes', type_instance: 'used' },
  { ...df, fields: ['inodes_used_percent'], type: 'percent_inodes', type_instance: 'used' },
  rest('disk', { plugin: df.plugin, plugin_instance: df.plugin_instance }),

  { ...disk, fields: ['read_bytes', 'write_bytes'], type: 'disk_octets' },
  { ...disk, fields: ['reads', 'writes'], type: 'disk_ops' },
  { ...disk, fields: ['read_time', 'write_time'], type: 'disk_time' },
  { ...disk, fields: ['merged_reads', 'merged_writes'], type: 'disk_merged' },
  { ...disk, fields: ['io_time', 'weighted_io_time'], type: 'disk_io_time' },
  { ...disk, fields: ['iops_in_progress'], type: 'pending_operations' },
  rest('diskio', { plugin: disk.plugin, plugin_instance: disk.plugin_instance }),

  { ...net, fields: ['bytes_recv', 'bytes_sent'], type: 'if_octets' },
  { ...net, fields: ['packets_recv', 'packets_sent'], type: 'if_packets' },
  { ...net, fields: ['err_in', 'err_out'], type: 'if_errors' },
  { ...net, fields: ['drop_in', 'drop_out'], type: 'if_dropped' },
  { ...net, fields: ['speed'], type: 'gauge', type_instance: 'speed' },

  { ...system, fields: ['load1', 'load5', 'load15'], plugin: 'load', type: 'load' },
  { ...system, fields: ['uptime'], plugin: 'uptime', type: 'uptime' },
  { ...system, fields: ['n_users'], plugin: 'users', type: 'users' },
  rest('system', { plugin_instance: '' }),

  { ...swap, fields: ['used'], type: 'swap', type_instance: 'used' },
  { ...swap, fields: ['free'], type: 'swap', type_instance: 'free' },
  { ...swap, fields: ['used_percent'], type: 'percent', type_instance: 'used' },
  { ...swap, fields: ['in'], type: 'swap_io', type_instance: 'in' },
  { ...swap, fields: ['out'], type: 'swap_io', type_instance: 'out' },
  rest('swap', { plugin: swap.plugin, plugin_instance: '' }),

  { ...processes, fields: ['total', 'total_threads'], type: 'ps_count' },
  { ...processes, fields: ['*'], type: 'ps_state', type_instance: '{field}' },

  { ...kernel, fields: ['context_switches'], plugin: 'contextswitch', type: 'contextswitch' },
  { ...kernel, fields: ['processes_forked'], plugin: 'processes', type: 'fork_rate' },
  { ...kernel, fields: ['interrupts'], plugin: 'irq', type: 'irq', type_instance: 'total' },
  { ...kernel, fields: ['entropy_avail'], plugin: 'entropy', type: 'entropy' },
  { ...kernel, fields: ['boot_time'], type: 'gauge', type_instance: 'boot_time' },

  { ...own, fields: [`{${ofTheMoment}}`], type: 'gauge' },
  { ...own, fields: ['*'], type: 'derive' },
];
