import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostReader } from '../../../examples/write-a-plugin/host_metrics/host-reader.ts';
import { TextPointWriter } from './text-point-writer.ts';

const NET_DEV = (bytes: number) => `Inter-|   Receive  |  Transmit
 face |bytes packets|bytes packets
    lo: 5 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0
  eth0: ${bytes} 2 3 4 0 0 0 0 9 10 11 12 0 0 0 0
  ifb0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`;

let folder: string;
let reader: HostReader;

function put(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (measurement: 'cpu' | 'mem' | 'net' | 'system', timeNs = 1_000_000_000n): string[] => {
  const points = new TextPointWriter();
  reader[measurement](points, timeNs);
  return points.lines;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'host-reader-'));
  reader = new HostReader({
    host: 'node-1',
    proc: join(folder, 'proc'),
    sys: join(folder, 'sys'),
    cpus: 'all',
  });
});

afterEach(() => {
  reader.close();
  rmSync(folder, { recursive: true });
});

test('cpu: the first reading only begins; a reading without a tick keeps the older one', () => {
  put('proc/stat', 'cpu 0 0 0 0\ncpu0 0 0 0 0\n');
  expect(read('cpu')).toEqual([]);
  put('proc/stat', 'cpu 0 0 0 4\ncpu0 0 0 0 4\n');
  expect(read('cpu', 2n)).toEqual([
    expect.stringMatching(/^cpu,host=node-1,cpu=cpu0 usage_user=0,.*usage_idle=100,.*usage_active=0 2$/),
    expect.stringMatching(/^cpu,host=node-1,cpu=cpu-total .*usage_idle=100,/),
  ]);
  expect(read('cpu', 3n)).toEqual([]);
  put('proc/stat', 'cpu 1 0 0 7\ncpu0 1 0 0 7\n');
  expect(read('cpu', 4n)[0]).toMatch(/usage_user=25,.*usage_idle=75,/);
});

test('cpu: a CPU that comes back begins anew', () => {
  put('proc/stat', 'cpu0 10 0 0 10\n');
  read('cpu');
  put('proc/stat', 'cpu0 0 0 0 1\n');
  expect(read('cpu')).toEqual([]);
  put('proc/stat', 'cpu0 1 0 0 2\n');
  expect(read('cpu')[0]).toMatch(/usage_user=50,/);
});

test('net: interfaces that are up, without the loopback', () => {
  put('proc/net/dev', NET_DEV(1));
  put('sys/class/net/lo/flags', '0x9\n');
  put('sys/class/net/eth0/flags', '0x1003\n');
  put('sys/class/net/eth0/speed', '10000\n');
  put('sys/class/net/ifb0/flags', '0x82\n');
  expect(read('net')).toEqual([
    'net,host=node-1,interface=eth0 bytes_recv=1i,packets_recv=2i,err_in=3i,drop_in=4i,' +
      'bytes_sent=9i,packets_sent=10i,err_out=11i,drop_out=12i,speed=10000i 1000000000',
  ]);

  // what /sys says is asked again after a second, the counters every time
  put('sys/class/net/eth0/speed', '100\n');
  put('proc/net/dev', NET_DEV(7));
  expect(read('net', 1_500_000_000n)[0]).toMatch(/bytes_recv=7i,.*speed=10000i/);
  expect(read('net', 2_100_000_000n)[0]).toMatch(/speed=100i/);
});

test('net: without /sys every interface but lo is reported', () => {
  put('proc/net/dev', NET_DEV(1));
  expect(read('net').map((line) => line.split(' ')[0])).toEqual([
    'net,host=node-1,interface=eth0',
    'net,host=node-1,interface=ifb0',
  ]);
});

test('mem and system', () => {
  put('proc/meminfo', 'MemTotal: 4 kB\nMemAvailable: 1 kB\n');
  put('proc/stat', 'cpu 1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n');
  put('proc/loadavg', '0.08 0.13 0.14 1/89 12531\n');
  put('proc/uptime', '1127.50 2036.13\n');
  expect(read('mem')[0]).toMatch(
    /^mem,host=node-1 .*total=4096i,.*used=3072i,available_percent=25,used_percent=75 1000000000$/,
  );
  expect(read('system')).toEqual([
    'system,host=node-1 load1=0.08,load5=0.13,load15=0.14,n_cpus=2i 1000000000',
    'system,host=node-1 uptime=1127i 1000000000',
  ]);
});

test('a text longer than the first buffer is read whole', () => {
  put('proc/stat', `cpu 0 0 0 0\n${Array.from({ length: 3000 }, (_, i) => `cpu${i} 0 0 0 0\n`).join('')}`);
  put('proc/loadavg', '0.08 0.13 0.14 1/89 12531\n');
  put('proc/uptime', '');
  expect(read('system')).toEqual(['system,host=node-1 load1=0.08,load5=0.13,load15=0.14,n_cpus=3000i 1000000000']);
});

test('a file that is not there is an error for the caller', () => {
  expect(() => read('mem')).toThrow(/ENOENT/);
});
