import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeDatagram } from '../../shared/collectd-protocol/decode.ts';
import { collectdLines, datagramOf44, LISTS_A_DATAGRAM, setTurn } from './workload/collectd.ts';
import { hostMetrics } from './workload/host-metrics.ts';
import { nasty } from './workload/nasty.ts';
import { snapshot } from './workload/snapshot.ts';
import { virt } from './workload/virt.ts';

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function first(lines: Iterator<string>, count: number): string {
  return Array.from({ length: count }, () => lines.next().value).join('\n');
}

// Figures of different days are compared: the bytes must stay. Whoever changes a generator on purpose raises EDITION in
// workload/files.ts as well.
test('workloads and snapshots are the same bytes every time', () => {
  const digests = [
    first(hostMetrics(), 5000),
    first(virt(), 5000),
    first(nasty(), 5000),
    snapshot({ taps: 20 }).json,
    first(collectdLines(), 5000),
    datagramOf44().toString('hex'),
  ].map(digest);
  expect(digests).toMatchInlineSnapshot(`
    [
      "6fee8aaced073bc2",
      "e40071a116cb1ab3",
      "a30c574c351f66ac",
      "3476f9363c9c35f7",
      "fe8f97591f9a25b3",
      "9ed8c7add87e2659",
    ]
  `);
});

test('every identity of W2 is in the snapshot', () => {
  const { table } = snapshot({ taps: 20 });
  const known = new Set(table.split('\n').map((row) => row.split('\t')[0]));
  for (const line of first(virt(20), 80).split('\n')) {
    for (const [, value] of line.matchAll(/(?:host|plugin_instance|type_instance)=([^, ]+)/g))
      expect(known).toContain(value);
  }
});

test('a datagram of 44 values has them, and one of a later turn their later time', () => {
  const datagram = datagramOf44();
  const times = (turn: number) => {
    setTurn(datagram, turn);
    return new Set(decodeDatagram(datagram).valueLists.map(({ time }) => time));
  };
  const { valueLists, problems } = decodeDatagram(datagram);
  expect(problems).toEqual([]);
  expect(valueLists).toHaveLength(LISTS_A_DATAGRAM);
  const identifiers = valueLists.map(({ pluginInstance, typeInstance }) => `${pluginInstance} ${typeInstance}`);
  expect(new Set(identifiers).size).toBe(LISTS_A_DATAGRAM);
  expect(times(0)).toEqual(new Set([1_700_000_000n << 30n]));
  expect(times(2000)).toEqual(new Set([1_700_000_002n << 30n]));
});
