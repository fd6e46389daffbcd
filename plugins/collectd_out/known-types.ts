import type { DataSource, TypesDb } from '../../shared/collectd-protocol/types-db.ts';
import { parseTypesDb } from '../../shared/collectd-protocol/types-db.ts';
import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { shown } from './line-name.ts';
import type { MapEntry } from './map-rules.ts';

/** The types that the default map and unmapped fields need, as Debian's types.db has them: a machine without collectd may lack the file. */
const BUILT_IN = `
absolute value:ABSOLUTE:0:U
contextswitch value:DERIVE:0:U
counter value:COUNTER:U:U
derive value:DERIVE:0:U
df_complex value:GAUGE:0:U
df_inodes value:GAUGE:0:U
disk_io_time io_time:DERIVE:0:U, weighted_io_time:DERIVE:0:U
disk_merged read:DERIVE:0:U, write:DERIVE:0:U
disk_octets read:DERIVE:0:U, write:DERIVE:0:U
disk_ops read:DERIVE:0:U, write:DERIVE:0:U
disk_time read:DERIVE:0:U, write:DERIVE:0:U
entropy value:GAUGE:0:4294967295
fork_rate value:DERIVE:0:U
gauge value:GAUGE:U:U
if_dropped rx:DERIVE:0:U, tx:DERIVE:0:U
if_errors rx:DERIVE:0:U, tx:DERIVE:0:U
if_octets rx:DERIVE:0:U, tx:DERIVE:0:U
if_packets rx:DERIVE:0:U, tx:DERIVE:0:U
irq value:DERIVE:0:U
load shortterm:GAUGE:0:5000, midterm:GAUGE:0:5000, longterm:GAUGE:0:5000
memory value:GAUGE:0:281474976710656
pending_operations value:GAUGE:0:U
percent value:GAUGE:0:100.1
percent_bytes value:GAUGE:0:100.1
percent_inodes value:GAUGE:0:100.1
ps_count processes:GAUGE:0:1000000, threads:GAUGE:0:1000000
ps_state value:GAUGE:0:65535
swap value:GAUGE:0:1099511627776
swap_io value:DERIVE:0:U
uptime value:GAUGE:0:4294967295
users value:GAUGE:0:65535
`;

export const BUILT_IN_TYPES: TypesDb = parseTypesDb([{ name: 'built-in types', bytes: Buffer.from(BUILT_IN) }]).types;

/** The types of the operator's files, then those that are known without. */
export function sourcesOf(types: TypesDb, type: ByteString): readonly DataSource[] | undefined {
  return (types.get(type) ?? BUILT_IN_TYPES.get(type))?.sources;
}

/** What types.db says of a type, for messages. */
export function typeWords(type: ByteString, values: number | undefined): string {
  if (type === '') return 'its entry gives none';
  const count = values === 1 ? 'one value' : `${values} values`;
  return `type ${shown(type)} ${values === undefined ? 'is in no types.db' : `has ${count} in types.db`}`;
}

/** What is wrong with the types that entries name, for the operator; of a template nobody knows before there is a line. */
export function unknownTypes(entries: readonly MapEntry[], types: TypesDb): string[] {
  return entries.flatMap(({ measurement, type, fields = [] }) => {
    if (type === undefined || /[{[\\]/.test(type)) return [];
    const count = sourcesOf(types, toByteString(type))?.length;
    const wanted = Math.max(1, fields.length);
    if (count === wanted || (count !== undefined && fields.length === 0)) return [];
    const what = count === undefined ? 'is in no types.db' : `has ${count} values, and the entry ${wanted}`;
    return [`Entry of "map" for "${measurement}": type "${type}" ${what}`];
  });
}
