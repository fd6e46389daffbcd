import { Clock } from './clock.ts';
import { HOSTS, INTERFACES } from './identities.ts';
import { Random } from './random.ts';

const CPUS = ['cpu0', 'cpu1', 'cpu2', 'cpu3', 'cpu4', 'cpu5', 'cpu6', 'cpu7', 'cpu-total'];
const CPU_STATES = ['user', 'system', 'idle', 'nice', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];
const MEMORY = [
  ...[
    'active',
    'available',
    'buffered',
    'cached',
    'commit_limit',
    'committed_as',
    'dirty',
    'free',
    'high_free',
    'high_total',
  ],
  ...[
    'huge_page_size',
    'huge_pages_free',
    'huge_pages_total',
    'inactive',
    'low_free',
    'low_total',
    'mapped',
    'page_tables',
  ],
  ...[
    'shared',
    'slab',
    'sreclaimable',
    'sunreclaim',
    'swap_cached',
    'swap_free',
    'swap_total',
    'total',
    'used',
    'write_back',
  ],
];
const MOUNTS = [
  ['vda1', 'ext4', '/'],
  ['vda15', 'vfat', '/boot/efi'],
  ['vdb', 'xfs', '/var/lib/nova/instances'],
  ['tmpfs', 'tmpfs', '/run'],
] as const;
const DISK_COUNTERS = [
  'reads',
  'writes',
  'read_bytes',
  'write_bytes',
  'read_time',
  'write_time',
  'io_time',
  'weighted_io_time',
];
const DISK_EXTRA = ['iops_in_progress', 'merged_reads', 'merged_writes'];
const NET_COUNTERS = ['bytes_sent', 'bytes_recv', 'packets_sent', 'packets_recv'];
const NET_FAULTS = ['err_in', 'err_out', 'drop_in', 'drop_out'];

/** W1: what Telegraf's inputs cpu, mem, swap, disk, diskio, net, kernel, processes and system write, about 240 bytes a line. */
export function* hostMetrics(): Generator<string> {
  const random = new Random(1);
  const clock = new Clock(random);
  const count = (limit: number) => `${random.below(limit)}i`;
  const rising = (scale: number) => `${Math.floor(scale * (1 + clock.round / 5)) + random.below(scale)}i`;
  // Go prints the shortest text that reads back as the same double: 15 to 17 digits for most percentages.
  const percent = () => String((random.below(1001) * 100) / (1000 - random.below(3)));
  const fields = (names: readonly string[], value: (name: string) => string) =>
    names.map((name) => `${name}=${value(name)}`).join(',');

  for (; ; clock.round++) {
    for (const host of HOSTS) {
      for (const cpu of CPUS) {
        const states = CPU_STATES.map((state) => `usage_${state}=${random.chance(0.4) ? '0' : percent()}`);
        yield `cpu,cpu=${cpu},host=${host} ${states.join(',')} ${clock.next()}`;
      }
      const memory = fields(MEMORY, () => `${random.below(64) * 2 ** 30 + random.below(2 ** 18) * 4096}i`);
      yield `mem,host=${host} ${memory},available_percent=${percent()},used_percent=${percent()} ${clock.next()}`;
      yield `swap,host=${host} total=8589930496i,used=${count(1e9)},free=${count(8e9)},used_percent=${percent()} ${clock.next()}`;
      for (const [device, type, path] of MOUNTS) {
        yield `disk,device=${device},fstype=${type},host=${host},mode=rw,path=${path} total=105089261568i,` +
          `free=${count(5e10)},used=${count(5e10)},used_percent=${percent()},` +
          `inodes_total=6553600i,inodes_free=${count(6e6)},inodes_used=${count(6e6)} ${clock.next()}`;
        const counters = fields([...DISK_COUNTERS, ...DISK_EXTRA], () => rising(1e6));
        yield `diskio,host=${host},name=${device} ${counters} ${clock.next()}`;
      }
      for (const name of INTERFACES) {
        const counters = fields([...NET_COUNTERS, ...NET_FAULTS], (f) =>
          NET_FAULTS.includes(f) ? count(3) : rising(1e9),
        );
        yield `net,host=${host},interface=${name} ${counters} ${clock.next()}`;
      }
      yield `kernel,host=${host} boot_time=1699990000i,context_switches=${rising(1e9)},entropy_avail=256i,` +
        `interrupts=${rising(1e8)},processes_forked=${rising(1e5)} ${clock.next()}`;
      yield `processes,host=${host} blocked=${count(3)},dead=0i,idle=${count(90)},paging=0i,running=${count(8)},` +
        `sleeping=${count(200)},stopped=0i,total=${count(300)},total_threads=${count(900)},unknown=0i,zombies=0i ${clock.next()}`;
      yield `system,host=${host} load1=${random.below(999) / 100},load5=${random.below(999) / 100},` +
        `load15=${random.below(999) / 100},n_cpus=8i,n_users=${count(4)} ${clock.next()}`;
      const uptime = `${random.below(20)} days, ${random.below(24)}:${10 + random.below(50)}`;
      yield `system,host=${host} uptime=${10_000 + clock.round * 10}i,uptime_format="${uptime}" ${clock.next()}`;
    }
  }
}
