import { readFileSync } from 'node:fs';
import { DEFAULT_MAP } from '../../../plugins/collectd_out/default-map.ts';
import type { MappingOptions } from '../../../plugins/collectd_out/head-plan.ts';
import { LineMapping, type MappingEvents } from '../../../plugins/collectd_out/line-mapping.ts';
import { type Door, ListsOut } from '../../../plugins/collectd_out/lists-out.ts';
import { type MapEntry, MapRule } from '../../../plugins/collectd_out/map-rules.ts';
import { RuleTable } from '../../../plugins/collectd_out/rule-table.ts';
import { TextDoor } from '../../../plugins/collectd_out/text-door.ts';
import { Emitted } from '../../../shared/collectd-protocol/emitted.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { type LineBatch, LineReader } from '../../../shared/line-protocol/line-reader.ts';
import { FakeContext } from '../../support/fake-context.ts';

const TYPES = `
${readFileSync(new URL('../../fixtures/collectd/types.used.db', import.meta.url), 'latin1')}
fx_mixed g:GAUGE:U:U c:COUNTER:U:U d:DERIVE:U:U a:ABSOLUTE:U:U
fx_gauges a:GAUGE:U:U b:GAUGE:U:U c:GAUGE:U:U
`;

/** Debian's types as far as tests need them, and some of every kind. */
export const TEST_TYPES = parseTypesDb([{ name: 'test', bytes: Buffer.from(TYPES, 'latin1') }]).types;

export interface Settings extends Partial<Omit<MappingOptions, 'metaTags'>> {
  readonly map?: readonly MapEntry[];
  readonly metaTags?: readonly string[];
  /** Seconds. */
  readonly interval?: number;
}

/** A mapping into a door, with what was said and counted at hand. */
export function mappingInto(door: Door, settings: Settings = {}) {
  const { log, stats, said } = new FakeContext();
  const options: MappingOptions = {
    prefix: 'collectd_' as ByteString,
    types: TEST_TYPES,
    hostname: 'me' as ByteString,
    unmapped: 'map',
    maxSeries: 20_000,
    ...settings,
    rules: new RuleTable([...(settings.map ?? []), ...DEFAULT_MAP].map((entry) => new MapRule(entry))),
    metaTags: new Set((settings.metaTags ?? []).map(toByteString)),
  };
  const emitted = new Emitted();
  const sink = new ListsOut({ door, interval: settings.interval, emitted, log, stats });
  const events: MappingEvents = {
    malformed: (batch, i) => said.push(`malformed: ${batch.error(i)?.code}`),
    refused: ({ reason, message }) => said.push(`${reason}: ${message}`),
    leftOutFields: (n) => said.push(`${n} fields left out`),
    leftOutTags: (n) => said.push(`${n} tags left out`),
    leftOutInterval: () => said.push('interval left out'),
    shortened: ({ pluginInstance, typeInstance }) => said.push(`shortened: ${pluginInstance} ${typeInstance}`),
    forgotten: (heads) => said.push(`${heads} heads forgotten`),
  };
  const mapping = new LineMapping(options, sink, events);
  const reader = new LineReader();
  return {
    mapping,
    stats,
    emitted,
    /** What did not become anything, since the last call. */
    said: () => said.splice(0),
    read(lines: string | Uint8Array) {
      const take = (batch: LineBatch) => mapping.take(batch, 1_700_000_000_000_000_000n);
      reader.read(typeof lines === 'string' ? Buffer.from(lines, 'latin1') : lines, take);
      reader.end(take);
    },
  };
}

/** The lines as collectd's text doors get them. */
export function textOf(lines: string, settings?: Settings): { text: string[]; said: string[] } {
  const door = new TextDoor(new FakeContext().stats);
  const { read, said } = mappingInto(door, settings);
  read(lines);
  const text = door.take().toString('latin1').split('\n').slice(0, -1);
  return { text, said: said() };
}
