import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { readPublic } from '../../conformance/line-protocol/read-public.ts';
import { crosslayer } from '../../support/crosslayer.ts';
import type { ExecdHost } from '../../support/execd-host.ts';
import { processTest as test } from '../../support/process-test.ts';
import { type ListToSend, writeWire } from '../../support/write-wire.ts';

const NODE = fileURLToPath(new URL('../../fixtures/recorded-node/', import.meta.url));
const CAPTURED = join(NODE, 'captured/collectd');

/** Value lists that a real collectd dispatched, with virt configured in several ways, and those of more such ways. */
const LISTS: readonly ListToSend[] = [...captured(), ...byUuid()];

/** Each naming, and the file that says how its lines look. */
const NAMINGS = {
  crosslayer: 'collectd-plugin',
  telegraf_split: 'parsers-collectd-split',
  telegraf_join: 'parsers-collectd-join',
  write_influxdb_udp: 'write-influxdb-udp',
} as const;

const VMS = [
  { id: '11111111-1111-4111-8111-111111111111', names: ['instance-00000001', 'tapa5f78d67-90', 'fa:16:3e:00:00:01'] },
  { id: '11111112-1111-4111-8111-111111111111', names: ['instance-00000002', 'tap61bf85f9-42', 'fa:16:3e:00:00:02'] },
  { id: '22222221-2222-4222-8222-222222222222', names: ['instance-00000004'] },
  { id: '44444444-4444-4444-8444-444444444444', names: ['plain-vm'] },
  { id: '55555555-5555-4555-8555-555555555555', names: ['instance-00000005'] },
  { id: '66666666-6666-4666-8666-666666666666', names: ['instance-00000006'] },
];

describe.each(Object.entries(NAMINGS))('naming %s', (naming, recorded) => {
  test('the lines are those of the recorded node', async ({ start, file }) => {
    const host = start({ command: decode(naming, file, captured()) });
    await host.finished;
    const expected = readFileSync(join(NODE, `lines/${recorded}.lp`), 'latin1');
    expect(readPublic(Buffer.from(host.stdout.raw, 'latin1'))).toEqual(readPublic(Buffer.from(expected, 'latin1')));
  });

  test('the tagger finds who runs where by them', async ({ start, file }) => {
    const lines = start({ command: decode(naming, file, LISTS) });
    await lines.finished;
    const tagged = await tag(start({ command: tagger(file) }), lines.stdout.raw);
    // split makes a line of each value, in their order
    const lists = LISTS.flatMap((list) => (naming === 'telegraf_split' ? list.values.map(() => list) : [list]));
    expect(tagged).toHaveLength(lists.length);
    const found = tagged.map((line) => /,vm_id=([^, ]+)/.exec(line)?.[1]);
    expect(tagged.map((line, i) => `${found[i]} ${line}`)).toEqual(
      tagged.map((line, i) => `${vmOf(lists[i])} ${line}`),
    );
    expect(new Set(found).size).toBe(VMS.length + 1);
  });
});

type File = (name: string, text: string) => string;

/** The command that makes lines of value lists. */
function decode(naming: string, file: File, lists: readonly ListToSend[]): string[] {
  const options = `  naming = "${naming}"\n  types_db = ["${file('types.db', typesDb())}"]\n`;
  const config = file('collectd-in.conf', `[[inputs.collectd_in]]\n${options}`);
  return crosslayer('collectd-in', '--decode', file('lists', datagrams(lists)), '--config', config, '--host', 'pipe');
}

function tagger(file: File): string[] {
  const options = `  snapshot = "${join(NODE, 'topology.json')}"\n  node = "node-1"\n`;
  const config = file('topology-tagger.conf', `[[processors.topology_tagger]]\n${options}`);
  return crosslayer('topology-tagger', '--config', config, '--host', 'pipe');
}

async function tag(host: ExecdHost, lines: string): Promise<readonly string[]> {
  await host.write(lines);
  host.closeStdin();
  await host.finished;
  return host.stdout.lines;
}

/** The VM that any part of the identifier names. */
function vmOf(list: ListToSend | undefined): string | undefined {
  const parts = [list?.host, list?.plugin_instance, list?.type_instance].flatMap((part) => [
    ...[part, ...(part ?? '').split(':'), part?.replace(/^br-int\./, '')],
  ]);
  return VMS.find(({ id, names }) => [id, ...names].some((name) => parts.includes(name)))?.id;
}

/** As the recording `.pcapless` has them: a datagram a line. */
function datagrams(lists: readonly ListToSend[]): string {
  return lists.map((list) => `{"t_ms":0,"b64":"${writeWire(list).toString('base64')}"}\n`).join('');
}

interface Captured extends Omit<ListToSend, 'values' | 'timeNs'> {
  readonly values: readonly number[];
  readonly dstypes: readonly string[];
  readonly dsnames: readonly string[];
  readonly time: number;
}

function captured(): ListToSend[] {
  return rows().map(({ values, dstypes, time, dsnames: _, ...identifier }) => ({
    ...identifier,
    timeNs: BigInt(Math.round(time * 1000)) * 1_000_000n,
    values: values.map((value, i) => [dstypes[i] ?? '', value]),
  }));
}

/** What collectd's own types.db says of the types that were captured. */
function typesDb(): string {
  const types = rows().map(({ type, dsnames, dstypes }) => {
    const sources = dsnames.map((name, i) => `${name}:${dstypes[i]?.toUpperCase()}:U:U`);
    return `${type} ${sources.join(', ')}\n`;
  });
  return [...new Set(types)].join('');
}

function rows(): Captured[] {
  const names = readdirSync(CAPTURED).sort();
  const lines = names.flatMap((name) => readFileSync(join(CAPTURED, name), 'utf8').trimEnd().split('\n'));
  return lines.map((line) => JSON.parse(line) as Captured);
}

/** HostnameFormat and PluginInstanceFormat with uuid and with several words (src/virt.c), which the capture does not have. */
function byUuid(): ListToSend[] {
  const list = (host: string, instance: string, type = 'virt_cpu_total', typeInstance = ''): ListToSend => ({
    ...{ host, plugin: 'virt', plugin_instance: instance, type, type_instance: typeInstance },
    ...{ timeNs: 1_795_245_720_000_000_000n, values: [['derive', 1]] },
  });
  const uuid = '11111111-1111-4111-8111-111111111111';
  return [
    list(uuid, ''),
    list('node-1', uuid),
    list('node-1', `instance-00000001:${uuid}`),
    list(`node-1:instance-00000002`, ''),
    list('node-1:node-1', 'web-1:instance-00000001'),
    // a display name, and a uuid that was cut off, say nothing
    list('node-1', 'web-1'),
    list('node-1', uuid.slice(0, 20)),
  ];
}
