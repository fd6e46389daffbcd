/** The numbers of `/proc/meminfo` by their names there, in bytes; entries without a unit are counts. Source: proc_meminfo(5). */
export type MemInfo = ReadonlyMap<string, bigint>;

export function parseMemInfo(text: string): MemInfo {
  const entries = new Map<string, bigint>();
  for (const line of text.split('\n')) {
    const match = /^([^:]+):\s*(\d+)( kB)?\s*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    // The kernel prints kB and means KiB.
    entries.set(match[1], BigInt(match[2]) * (match[3] === undefined ? 1n : 1024n));
  }
  return entries;
}

/** Telegraf's name of each field that is an entry of `/proc/meminfo` as it stands. */
const ENTRY_OF_FIELD = {
  active: 'Active',
  available: 'MemAvailable',
  buffered: 'Buffers',
  commit_limit: 'CommitLimit',
  committed_as: 'Committed_AS',
  dirty: 'Dirty',
  free: 'MemFree',
  high_free: 'HighFree',
  high_total: 'HighTotal',
  huge_page_size: 'Hugepagesize',
  huge_pages_free: 'HugePages_Free',
  huge_pages_total: 'HugePages_Total',
  inactive: 'Inactive',
  low_free: 'LowFree',
  low_total: 'LowTotal',
  mapped: 'Mapped',
  page_tables: 'PageTables',
  shared: 'Shmem',
  slab: 'Slab',
  sreclaimable: 'SReclaimable',
  sunreclaim: 'SUnreclaim',
  swap_cached: 'SwapCached',
  swap_free: 'SwapFree',
  swap_total: 'SwapTotal',
  total: 'MemTotal',
  vmalloc_chunk: 'VmallocChunk',
  vmalloc_total: 'VmallocTotal',
  vmalloc_used: 'VmallocUsed',
  write_back: 'Writeback',
  write_back_tmp: 'WritebackTmp',
} as const;

/** The fields of Telegraf's `mem`: integers in bytes, shares in percent. */
export interface MemFields {
  readonly integers: [field: string, value: bigint][];
  readonly floats: [field: string, value: number][];
}

/**
 * Undefined when the text was no meminfo. An entry that the kernel does not have (`HighTotal` on 64 bit) is 0, as in Telegraf.
 * `used` is total − available and `cached` includes the reclaimable slab, as in Telegraf 1.39.
 */
export function memFields(info: MemInfo): MemFields | undefined {
  const total = info.get('MemTotal');
  const available = info.get('MemAvailable');
  if (total === undefined || total === 0n || available === undefined) return undefined;
  const integers: [string, bigint][] = Object.entries(ENTRY_OF_FIELD).map(([field, entry]) => [
    field,
    info.get(entry) ?? 0n,
  ]);
  const used = total - available;
  integers.push(['cached', (info.get('Cached') ?? 0n) + (info.get('SReclaimable') ?? 0n)], ['used', used]);
  return {
    integers,
    floats: [
      ['available_percent', (100 * Number(available)) / Number(total)],
      ['used_percent', (100 * Number(used)) / Number(total)],
    ],
  };
}
