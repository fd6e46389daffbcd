import { expect, test } from 'vitest';
import { StatsRegistry } from '../../../shared/stats/stats-registry.ts';

const registry = () => new StatsRegistry({ hostname: 'node-1', version: '0.1.0' });

test('a stage is one line of integers and gauges', () => {
  const stats = registry().stage('topology_tagger', 'edge');
  expect(stats.render(1n)).toBeUndefined();
  const lines = stats.counter('lines');
  stats.counter('misses').add();
  stats.gauge('age_seconds', () => 1.5);
  stats.gauge('entries', () => 2000n);
  stats.gauge('state', () => 'a "b"\\');
  stats.gauge('absent', () => undefined);
  stats.gauge('broken', () => Number.NaN);
  lines.add();
  lines.add(41);
  expect(stats.counter('lines')).toBe(lines);
  expect(stats.render(1_700_000_000_000_000_001n)).toBe(
    'internal_topology_tagger,alias=edge,host=node-1,version=0.1.0 lines=42i,misses=1i,age_seconds=1.5,entries=2000i,state="a \\"b\\"\\\\" 1700000000000000001',
  );
});

test('ids are small, unique in a process, and count without the counter', () => {
  const process = registry();
  const a = process.stage('a', 'a').counter('lines');
  const b = process.stage('b', 'b').counter('lines');
  expect([a.id, b.id]).toEqual([0, 1]);
  process.add(b.id, 7);
  process.values[b.id] = (process.values[b.id] as number) + 1;
  expect([a.value, b.value]).toEqual([0, 8]);
});

test('counts are exact up to 2^53', () => {
  const stats = registry().stage('a', 'a');
  stats.counter('lines').add(2 ** 53 - 2);
  stats.counter('lines').add();
  expect(stats.render(0n)).toContain(' lines=9007199254740991i ');
});

test('tag values are written as every parser reads them', () => {
  const line = (alias: string) => {
    const stats = registry().stage('a', alias);
    stats.counter('n');
    return stats.render(0n);
  };
  expect(line('a b,c=d')).toBe('internal_a,alias=a\\ b\\,c\\=d,host=node-1,version=0.1.0 n=0i 0');
  expect(line('a\nb\\')).toBe('internal_a,alias=a_b/,host=node-1,version=0.1.0 n=0i 0');
  expect(line('')).toBe('internal_a,host=node-1,version=0.1.0 n=0i 0');
});

test('a name has one meaning', () => {
  const stats = registry().stage('a', 'a');
  stats.counter('lines');
  stats.gauge('age', () => 1);
  expect(() => stats.gauge('lines', () => 1)).toThrow('"lines" is a counter already');
  expect(() => stats.counter('age')).toThrow('"age" is a gauge already');
  expect(() => stats.counter('Lines')).toThrow('snake case');
});
