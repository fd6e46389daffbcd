import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_MAP } from '../../../plugins/collectd_out/default-map.ts';
import { BUILT_IN_TYPES } from '../../../plugins/collectd_out/known-types.ts';
import { entryProblems, type MapEntry } from '../../../plugins/collectd_out/map-rules.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { pageTables, quoted } from '../../support/page-tables.ts';
import { textOf } from './text-of-lines.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What collectd's identifiers look like for an entry. */
function targetOf({
  measurement,
  plugin = measurement,
  plugin_instance = '',
  type = '',
  type_instance = '',
}: MapEntry) {
  const named = (name: string, instance: string) => (instance === '' ? name : `${name}-${instance}`);
  return `${named(plugin, plugin_instance)}/${named(type, type_instance)}`;
}

function rowOf(entry: MapEntry): string {
  const tags = Object.entries(entry.tags ?? {}).map(([key, glob]) => `, \`${key}=${glob}\``);
  const fields = (entry.fields ?? []).map((field) => `\`${field}\``).join(', ');
  return `| \`${entry.measurement}\`${tags.join('')} | ${fields} | \`${targetOf(entry)}\` |`;
}

test('the table of the README is the default map', () => {
  const table = ['| Measurement | Fields | Becomes |', '| --- | --- | --- |', ...DEFAULT_MAP.map(rowOf)].join('\n');
  const [, shown] =
    /<!-- map:start -->\n([\s\S]*?)<!-- map:end -->/.exec(read('../../../plugins/collectd_out/README.md')) ?? [];
  expect(shown?.trim()).toBe(table);
});

test('its entries are right, and their types are built in with as many values as they have fields', () => {
  for (const entry of DEFAULT_MAP) {
    expect(entryProblems(entry), rowOf(entry)).toEqual([]);
    const sources = BUILT_IN_TYPES.get((entry.type ?? '') as ByteString)?.sources;
    expect(sources?.length, rowOf(entry)).toBe(entry.fields?.length);
  }
});

test('the built-in types are as in types.db of collectd 5.12', () => {
  const recorded = parseTypesDb([
    { name: 'used', bytes: Buffer.from(read('../../fixtures/collectd/types.used.db')) },
  ]).types;
  const checked = [...BUILT_IN_TYPES].filter(({ type }) => recorded.get(type) !== undefined);
  for (const dataSet of checked) expect(dataSet).toEqual(recorded.get(dataSet.type));
  expect(checked.length).toBeGreaterThan(15);
});

test("the metrics of Telegraf's common inputs", () => {
  const check = (line: string, expected: string[]) => {
    const { text } = textOf(`${line} 5000000000`);
    expect(text.map((put) => put.replace(/^PUTVAL n\/(.*) 5:/, '$1 '))).toEqual(expected);
  };
  check('cpu,cpu=cpu0,host=n usage_user=42.5,usage_iowait=1,usage_irq=2', [
    'cpu-0/percent-user 42.5',
    'cpu-0/percent-wait 1',
    'cpu-0/percent-interrupt 2',
  ]);
  check('cpu,cpu=cpu-total,host=n usage_idle=3', ['cpu/percent-idle 3']);
  check('mem,host=n used=1i,sreclaimable=2i,used_percent=3.5,vmalloc_total=35184372087808i', [
    'memory/memory-used 1',
    'memory/memory-slab_recl 2',
    'memory/percent-used 3.5',
    'memory/gauge-vmalloc_total 35184372087808',
  ]);
  check('disk,device=vda,fstype=ext4,host=n,mode=rw,path=/var/lib free=1i,used=2i,total=3i,inodes_used_percent=4.5', [
    'df-var-lib/df_complex-free 1',
    'df-var-lib/df_complex-used 2',
    'df-var-lib/gauge-total 3',
    'df-var-lib/percent_inodes-used 4.5',
  ]);
  check('disk,host=n,path=/ free=1i', ['df-root/df_complex-free 1']);
  // fields in any order
  check('diskio,host=n,name=vda write_bytes=2i,reads=3i,read_bytes=1i,writes=4i,iops_in_progress=5i,io_util=0.5', [
    'disk-vda/disk_octets 1:2',
    'disk-vda/disk_ops 3:4',
    'disk-vda/pending_operations 5',
    'disk-vda/gauge-io_util 0.5',
  ]);
  check('net,host=n,interface=eth0 bytes_sent=2i,bytes_recv=1i,err_in=3i,err_out=4i,drop_in=5i,drop_out=6i,speed=-1i', [
    'interface-eth0/if_octets 1:2',
    'interface-eth0/if_errors 3:4',
    'interface-eth0/if_dropped 5:6',
    'interface-eth0/gauge-speed -1',
  ]);
  check('system,host=n load1=1,load5=2,load15=3,n_cpus=4i,n_users=2i', [
    'load/load 1:2:3',
    'system/gauge-n_cpus 4',
    'users/users 2',
  ]);
  check('system,host=n uptime=1690i,uptime_format=" 0:27"', ['uptime/uptime 1690']);
  check('swap,host=n used=1i,free=2i,in=3i,out=4i', [
    'swap/swap-used 1',
    'swap/swap-free 2',
    'swap/swap_io-in 3',
    'swap/swap_io-out 4',
  ]);
  check('processes,host=n running=3i,total=98i,total_threads=171i,zombies=1i', [
    'processes/ps_state-running 3',
    'processes/ps_count 98:171',
    'processes/ps_state-zombies 1',
  ]);
  check('kernel,host=n interrupts=1i,context_switches=2i,boot_time=3i,processes_forked=4i,entropy_avail=5i', [
    'irq/irq-total 1',
    'contextswitch/contextswitch 2',
    'kernel/gauge-boot_time 3',
    'processes/fork_rate 4',
    'entropy/entropy 5',
  ]);
});

test('our own statistics: what is of the moment is a gauge, all else a derive; text is left out', () => {
  const documented = pageTables('docs/guide/operate.md').flatMap(({ under, columns, rows }) =>
    quoted(under).flatMap((measurement) =>
      columns[0] === 'Field'
        ? rows.map(([names = '', kind = '']) => ({ measurement, names: quoted(names), kind }))
        : [],
    ),
  );
  expect(new Set(documented.map(({ measurement }) => measurement)).size).toBe(7);
  for (const { measurement, names, kind } of documented) {
    for (const name of names.map((text) => text.replace('<name>', 'k8s'))) {
      const value = { counter: '7i', integer: '7i', float: '1.5', text: '"good"' }[kind];
      expect(value, `${measurement} ${name}`).toBeDefined();
      const { text, said } = textOf(`${measurement},alias=a-b,host=n,version=0.1.0 ${name}=${value} 5000000000`);
      const isDerive = kind === 'counter' || name === 'topology_load_slices';
      const list = `PUTVAL n/crosslayer-a-b/${isDerive ? 'derive' : 'gauge'}-${name} 5:${value?.replace('i', '')}`;
      expect(text).toEqual(kind === 'text' ? [] : [list]);
      expect(said).toEqual(kind === 'text' ? ['1 fields left out'] : ['1 tags left out']);
    }
  }
  // those of Telegraf's input of this name are as all others
  const telegraf = textOf('internal_gather,host=n,input=cpu,version=1.30 errors=1i 5000000000').text;
  expect(telegraf).toEqual(['PUTVAL n/internal_gather-cpu-1.30/derive-errors 5:1']);
});
