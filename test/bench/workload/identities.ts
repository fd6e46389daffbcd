import { Random } from './random.ts';

/** The node whose snapshot is used. */
export const NODE = 'node-1';

/** Values of the tag `host` in W1 and W2. */
export const HOSTS: readonly string[] = Array.from(
  { length: 50 },
  (_, i) => `compute-${String(i + 1).padStart(3, '0')}`,
);

/** Values of the tag `interface` in W1. */
export const INTERFACES: readonly string[] = ['ens3', 'ens4', 'br-int', 'br-ex', 'vxlan_sys_4789', 'lo'];

/** Values of the tag `host` in W3, unescaped; those with a backslash are not in the snapshot, since parsers read them differently. */
export const ODD_HOSTS: readonly string[] = [
  'b',
  'C:\\\\Temp\\\\my files',
  'one,two',
  'k=v',
  '"quoted"',
  '計算機',
  '/srv/data',
  'p\\\\q',
  'two  blanks',
  '🚀',
  'tapffffffff-ff',
];

/** Names of tap devices as Neutron makes them: `tap` and the first eleven characters of the port's id. */
export function tapNames(count: number): string[] {
  const random = new Random(0x7a95);
  const names = new Set<string>();
  while (names.size < count) names.add(`tap${random.hex(8)}-${random.hex(2)}`);
  return [...names];
}

/** libvirt domain as Nova names it. Domain i owns taps 2i and 2i+1. */
export function domainName(i: number): string {
  return `instance-${(0x2000 + i).toString(16).padStart(8, '0')}`;
}
