import { readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { type DataSet, parseTypesDb, type TypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { collectdTest, requireCollectd, TYPES_DB } from '../../support/collectd.ts';
import type { CollectdSocket } from '../../support/collectd-socket.ts';
import { startTextDaemon } from './text-daemon.ts';

const sources = (count: number) => Array.from({ length: count }, (_, i) => `v${i}:GAUGE:U:U`).join(' ');
/** With its newline so many bytes long. */
const long = (type: string, size: number) => `${type} v:GAUGE:0:${'1'.padStart(size - type.length - 12, '0')}`;

/** Lines that collectd and we read alike; each defines, or does not define, a type of its own. */
const ALIKE: readonly (readonly [type: string, line: string])[] = [
  ['ok_plain', 'ok_plain value:GAUGE:U:U'],
  ['ok_commas', 'ok_commas a:DERIVE:0:U, b:COUNTER:0:U,\tc:ABSOLUTE:0:U,'],
  ['ok_case', 'ok_case a:gauge:u:U b:Derive:0:U'],
  ['ok_blanks', '\t ok_blanks   a:GAUGE:U:U \r'],
  ['ok_bounds', 'ok_bounds a:GAUGE:x:5kg b:GAUGE:-inf:1e3'],
  ['ok_empty', 'ok_empty ::a::GAUGE:0:U:'],
  ['ok_63', `ok_63 ${sources(63)}`],
  ['ok_4094', long('ok_4094', 4094)],
  ['ok_again', 'ok_again a:GAUGE:U:U\nok_again a:DERIVE:U:U b:DERIVE:U:U'],
  ['ok_kept', 'ok_kept a:GAUGE:U:U\nok_kept a:GAUGE'],
  ['Ok_Capital', 'Ok_Capital a:GAUGE:U:U'],
  ['no_short', 'no_short a:GAUGE:U'],
  ['no_three', 'no_three value:GAUGE:U'],
  ['no_five', 'no_five value:GAUGE:U:U:U'],
  ['no_kind', 'no_kind value:GAUGES:U:U'],
  ['no_second', 'no_second a:GAUGE:U:U b:GAUGE'],
  ['no_comma', 'no_comma a:GAUGE:U:U ,'],
  ['no_remark', 'no_remark a:GAUGE:U:U # remark'],
  ['no_source', 'no_source'],
  ['#hidden', '#hidden a:GAUGE:U:U'],
  ['no_4095', `${long('no_4095', 4095)}\n# collectd passes over the line behind a long one, too`],
];

/** Lines of which collectd makes more than we do: it cuts, or has two values of one name. */
const OTHERWISE: readonly (readonly [type: string, line: string])[] = [
  ['cut_64', `cut_64 ${sources(64)}`],
  ['same_name', 'same_name a:GAUGE:U:U a:GAUGE:U:U'],
  ['t'.repeat(127), `${'t'.repeat(128)} a:GAUGE:U:U`],
];

const TEXT = [...ALIKE, ...OTHERWISE].map(([, line]) => `${line}\n`).join('');

const { path: binary = '', missing } = await requireCollectd();
const test = collectdTest(binary);

describe.skipIf(missing)('a real collectd', () => {
  test('knows the same types of an odd types.db', async ({ collectd, folder, file }) => {
    const path = file('odd-types.db', TEXT);
    const { socket, finish } = await startTextDaemon(collectd, folder, `TypesDB "${path}"`);
    const { types } = parseTypesDb([{ name: path, bytes: Buffer.from(TEXT) }]);
    for (const [type] of ALIKE)
      expect([type, await knownSources(socket, type)]).toEqual([type, ourSources(types, type)]);
    for (const [type] of OTHERWISE) {
      expect([type, ourSources(types, type)]).toEqual([type, []]);
      expect([type, (await knownSources(socket, type)).length > 0]).toEqual([type, true]);
    }
    await finish();
  });

  test('knows the types of its own types.db as we do', async ({ collectd, folder }) => {
    const { socket, recorder, finish } = await startTextDaemon(collectd, folder);
    const { types, problems } = parseTypesDb([{ name: TYPES_DB, bytes: readFileSync(TYPES_DB) }]);
    expect(problems).toEqual([]);
    expect(types.size).toBeGreaterThan(300);
    const all = [...types];
    await socket.ask(all.map(({ type, sources: { length } }) => `PUTVAL h/p/${type} 1700000000${':1'.repeat(length)}`));
    await finish();
    const kinds = recorder.records.map(({ identifier, values }) => [
      identifier.replace('h/p/', ''),
      values.map((value) => value.replace(/:.*/, '')),
    ]);
    expect(kinds.slice(0, -1)).toEqual(all.map((dataSet) => [dataSet.type, dataSet.sources.map(({ kind }) => kind)]));
  });
});

function ourSources(types: TypesDb, type: string): string[] {
  const dataSet: DataSet | undefined = types.get(type as ByteString);
  return dataSet?.sources.map(({ name }) => name) ?? [];
}

/** The names of the values that collectd answers for a type; none where it does not know it. */
async function knownSources(socket: CollectdSocket, type: string): Promise<string[]> {
  const [put = []] = await socket.ask([`PUTVAL h/p/${type} N:1`]);
  if (put[0]?.endsWith("isn't defined.")) return [];
  // another thread makes it known
  return vi.waitFor(async () => {
    const [answer = []] = await socket.ask([`GETVAL h/p/${type}`]);
    expect(answer[0]).toMatch(/Values? found$/);
    return answer.slice(1).map((line) => line.replace(/=.*/, ''));
  });
}
