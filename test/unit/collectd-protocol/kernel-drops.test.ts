import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KernelDrops } from '../../../shared/collectd-protocol/kernel-drops.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drops-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Tables as Linux 6.1 writes them; the number of drops of inode 943841 is given. */
function tables(drops: number | undefined): string[] {
  const row = (inode: number, count: number) =>
    `  8555: 0100007F:83B8 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 00000000c3cd9aeb ${count}        \n`;
  const head =
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            \n';
  const [ipv4, ipv6] = [join(folder, 'udp'), join(folder, 'udp6')];
  // a row in which the number stands elsewhere comes first
  const stranger = row(111, 7).replace('     0        0 111', ' 943841        0 111');
  writeFileSync(ipv4, head + stranger + row(94384, 5) + row(9438412, 6));
  writeFileSync(ipv6, head + (drops === undefined ? '' : row(943841, drops)));
  return [ipv4, ipv6];
}

test('the drops of one socket, whichever table it is in', () => {
  const drops = new KernelDrops('943841', tables(0));
  expect(drops.read()).toBe(0);
  tables(12);
  expect(drops.read()).toBe(12);
  expect(drops.read()).toBe(12);
});

test('go on counting when 32 bits are full', () => {
  const drops = new KernelDrops('943841', tables(2 ** 32 - 1));
  expect(drops.read()).toBe(2 ** 32 - 1);
  tables(2);
  expect(drops.read()).toBe(2 ** 32 + 2);
});

test('stay what they were when the socket is gone or there is no table', () => {
  const drops = new KernelDrops('943841', tables(3));
  expect(drops.read()).toBe(3);
  tables(undefined);
  expect(drops.read()).toBe(3);
  rmSync(join(folder, 'udp'));
  expect(drops.read()).toBe(3);
  expect(new KernelDrops('1', [join(folder, 'none')]).read()).toBe(0);
});
