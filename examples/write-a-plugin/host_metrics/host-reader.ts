import type { PointWriter } from '../../../shared/line-protocol/point-writer.ts';
import { CPU_STATES, type CpuTicks, cpuUsage, parseCpuTicks } from './cpu.ts';
import { KernelFile } from './kernel-file.ts';
import { parseLoad, parseUptime } from './load.ts';
import { memFields, parseMemInfo } from './mem.ts';
import { isReported, parseNetDev, parseSpeed } from './net.ts';

/** How long what /sys says of an interface is taken for true. It changes rarely, and asking costs three system calls each. */
const INTERFACE_AGE_MS = 1000;

interface InterfaceState {
  readonly reported: boolean;
  readonly speed: bigint;
  readonly readMs: number;
}

/** Where and what to read. */
export interface HostReaderOptions {
  readonly host: string;
  readonly proc: string;
  readonly sys: string;
  readonly cpus: 'all' | 'total';
}

/** Reads this machine's measurements and writes them as points. Keeps what the next reading is compared with. */
export class HostReader {
  readonly #options: HostReaderOptions;
  readonly #files = new Map<string, KernelFile>();
  #ticks = new Map<string, CpuTicks>();
  #interfaces = new Map<string, InterfaceState>();

  constructor(options: HostReaderOptions) {
    this.#options = options;
  }

  /** CPU time since the last call in percent; the first call only begins. */
  cpu(points: PointWriter, timeNs: bigint): void {
    const before = this.#ticks;
    this.#ticks = new Map();
    for (const ticks of parseCpuTicks(this.#proc('stat'))) {
      if (this.#options.cpus === 'total' && ticks.cpu !== 'cpu-total') continue;
      const last = before.get(ticks.cpu);
      const usage = last && cpuUsage(last, ticks);
      // Without a tick in between the old reading stays the one to compare with, so that no tick is ever lost.
      this.#ticks.set(ticks.cpu, last && !usage && !wentBack(last, ticks) ? last : ticks);
      if (!usage) continue;
      const point = this.#begin(points, 'cpu').tag('cpu', ticks.cpu);
      for (const state of CPU_STATES) point.float(`usage_${state}`, usage[state]);
      point.float('usage_active', usage.active).end(timeNs);
    }
  }

  mem(points: PointWriter, timeNs: bigint): void {
    const fields = memFields(parseMemInfo(this.#proc('meminfo')));
    if (!fields) return;
    const point = this.#begin(points, 'mem');
    for (const [field, value] of fields.integers) point.integer(field, value);
    for (const [field, value] of fields.floats) point.float(field, value);
    point.end(timeNs);
  }

  /** The interfaces that are up, without the loopback, as Telegraf's net input does by default. */
  net(points: PointWriter, timeNs: bigint): void {
    const nowMs = Number(timeNs / 1_000_000n);
    const known = this.#interfaces;
    this.#interfaces = new Map();
    for (const { interface: name, counters } of parseNetDev(this.#proc('net/dev'))) {
      const state = this.#stateOf(name, known.get(name), nowMs);
      this.#interfaces.set(name, state);
      if (!state.reported) continue;
      const point = this.#begin(points, 'net').tag('interface', name);
      for (const [field, value] of counters) point.integer(field, value);
      point.integer('speed', state.speed).end(timeNs);
    }
  }

  /** Two lines, as Telegraf writes them: load and CPUs, then the uptime. */
  system(points: PointWriter, timeNs: bigint): void {
    const load = parseLoad(this.#proc('loadavg'));
    const cpus = parseCpuTicks(this.#proc('stat')).filter(({ cpu }) => cpu !== 'cpu-total').length;
    if (load) {
      const point = this.#begin(points, 'system');
      point.float('load1', load.load1).float('load5', load.load5).float('load15', load.load15);
      point.integer('n_cpus', cpus).end(timeNs);
    }
    const uptime = parseUptime(this.#proc('uptime'));
    if (uptime !== undefined) this.#begin(points, 'system').integer('uptime', uptime).end(timeNs);
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #begin(points: PointWriter, measurement: string): PointWriter {
    return points.measurement(measurement).tag('host', this.#options.host);
  }

  #proc(name: string): string {
    let file = this.#files.get(name);
    if (!file) {
      file = new KernelFile(`${this.#options.proc}/${name}`);
      this.#files.set(name, file);
    }
    return file.read();
  }

  #stateOf(name: string, known: InterfaceState | undefined, nowMs: number): InterfaceState {
    if (known && Math.abs(nowMs - known.readMs) < INTERFACE_AGE_MS) return known;
    const folder = `${this.#options.sys}/class/net/${name}`;
    const flags = readOnce(`${folder}/flags`);
    // Without a sys file system there is no way to tell, and a metric too many is better than none.
    const reported = flags === undefined ? name !== 'lo' : isReported(flags);
    return {
      reported,
      speed: parseSpeed(reported ? readOnce(`${folder}/speed`) : undefined),
      readMs: nowMs,
    };
  }
}

function wentBack(before: CpuTicks, after: CpuTicks): boolean {
  return after.ticks.some((ticks, i) => ticks < (before.ticks[i] ?? 0n));
}

/** Undefined when the file is not there or the driver has no answer: the kernel gives EINVAL for the speed of a link that is down. */
function readOnce(path: string): string | undefined {
  const file = new KernelFile(path);
  try {
    return file.read();
  } catch {
    return undefined;
  } finally {
    file.close();
  }
}
