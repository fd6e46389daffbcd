import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Options } from '../../../plugins/topology_tagger/schema.ts';
import { TopologyTagger } from '../../../plugins/topology_tagger/topology-tagger.ts';
import { loadFileReaders } from '../../../shared/topology/file-readers.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { FakeLine, type FakeLineParts } from '../../support/fake-line.ts';
import { type Entity, entity, type Link, link, snapshotText } from '../topology/snapshot-text.ts';

const READERS = await loadFileReaders({ snapshot: '', static: '' });

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const PORT = 'a5f78d67-907b-4ffe-b3a7-a4a738d91f08';
const VM = '11111111-1111-4111-8111-111111111111';

let folder: string;
let context: FakeContext;
let running: TopologyTagger | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagger-'));
  context = new FakeContext();
});

afterEach(() => {
  running?.stop();
  rmSync(folder, { recursive: true });
});

const web: [Entity[], Link[]] = [
  [entity('vm', VM, { name: 'web-1', project_id: 'shop', 'metadata.role': 'web' }), entity('network', 'net-1')],
  [
    link('if:node-1/tap1', 'port', PORT),
    link(`port:${PORT}`, 'vm', VM),
    link(`port:${PORT}`, 'network', 'net-1'),
    link('dom:node-1/instance-1', 'vm', VM),
  ],
];

function tagger([entities, links]: [Entity[], Link[]] = web, options: Partial<Options> = {}): TopologyTagger {
  const snapshot = join(folder, 'snapshot.json');
  writeFileSync(`${snapshot}.new`, snapshotText(entities, links));
  renameSync(`${snapshot}.new`, snapshot);
  const defaults: Options = {
    snapshot,
    node: 'node-1',
    tags: ['vm_id', 'vm_name', 'project_id', 'network_id'],
    existing: 'replace',
    grace: 30_000,
    max_values: 2000,
    max_snapshot_bytes: 1 << 20,
    poll_interval: 3_600_000,
    key: [],
  };
  running = new TopologyTagger({ ...defaults, ...options }, context, READERS);
  return running;
}

function tagged(stage: TopologyTagger, parts: FakeLineParts): FakeLine {
  const line = new FakeLine(parts);
  stage.line(line);
  return line;
}

const net = (tags: Record<string, string> = {}, timeMs = 0): FakeLineParts => ({
  measurement: 'net',
  tags: { host: 'node-1', interface: 'tap1', ...tags },
  timeMs,
});

describe('a line', () => {
  test('gets the tags in their order, and keeps its own', () => {
    const line = tagged(tagger(), net());
    expect(Object.entries(line.tags)).toEqual([
      ['host', 'node-1'],
      ['interface', 'tap1'],
      ['vm_id', VM],
      ['vm_name', 'web-1'],
      ['project_id', 'shop'],
      ['network_id', 'net-1'],
    ]);
    expect(line.held).toEqual(EVER);
    expect(context.stats.countedBy(line)).toEqual(['topology_lookups_hit']);
  });

  test('tagged twice is as tagged once', () => {
    const stage = tagger(web, { tags: ['vm_id', 'vm_name=instance_name', 'server=host', 'network_id'] });
    const once = tagged(stage, net()).tags;
    expect(tagged(stage, { measurement: 'net', tags: once }).tags).toEqual(once);
    const virt = tagged(stage, { measurement: 'collectd_virt', tags: { host: 'instance-1', type: 'memory' } }).tags;
    expect(virt).toMatchObject({ host: 'node-1', instance_name: 'web-1' });
    expect(tagged(stage, { measurement: 'collectd_virt', tags: virt }).tags).toEqual(virt);
  });

  test('has its tags of these names replaced or kept', () => {
    const claimed = net({ vm_name: 'not-me' });
    expect(tagged(tagger(), claimed).tags).toMatchObject({ vm_name: 'web-1' });
    expect(tagged(tagger(web, { existing: 'keep' }), claimed).tags).toMatchObject({ vm_name: 'not-me', vm_id: VM });
    // nothing is known about another interface: what stands there stays
    expect(tagged(tagger(), net({ vm_name: 'x', interface: 'eth0' })).tags).toMatchObject({ vm_name: 'x' });
  });

  test('is not changed without an identity, nor is its time asked for', () => {
    const line = tagged(tagger(), { measurement: 'cpu', tags: { host: 'node-1' } });
    expect(line.tags).toEqual({ host: 'node-1' });
    expect([line.held, line.askedForTime, line.askedForFields]).toEqual([undefined, false, false]);
    expect(context.stats.countedBy(line)).toEqual(['topology_lines_without_key']);
  });

  test('that misses is counted by the kinds of its keys', () => {
    const line = tagged(tagger(), {
      measurement: 'collectd_virt',
      tags: { host: 'instance-9', type: 'if_octets', type_instance: 'tap9' },
    });
    expect(context.stats.countedBy(line)).toEqual([
      'topology_lookups_miss',
      'topology_misses_if',
      'topology_misses_dom',
    ]);
    expect(line.held).toEqual(EVER);
  });

  test('by the operator’s keys, exact ones by themselves first', () => {
    const stage = tagger(web, {
      key: [
        { tag: 'server_name', kind: 'dom', order: 2 },
        { tag: 'b', kind: 'port', order: 1 },
        { tag: 'a', kind: 'dom' },
      ],
    });
    expect(tagged(stage, { measurement: 'x', tags: { a: 'instance-1' } }).tags).toMatchObject({ vm_name: 'web-1' });
    expect(tagged(stage, { measurement: 'x', tags: { a: 'nobody', b: PORT } }).tags).toMatchObject({
      network_id: 'net-1',
    });
    expect(tagged(stage, { measurement: 'x', tags: { a: 'instance-1', b: PORT } }).tags).not.toHaveProperty(
      'network_id',
    );
  });

  test('gets metadata only where it is named', () => {
    expect(tagged(tagger(), net()).tags).not.toHaveProperty('metadata.role');
    expect(tagged(tagger(web, { tags: ['metadata.role=role'] }), net()).tags).toMatchObject({ role: 'web' });
  });
});

describe('in time', () => {
  const T = 1_795_244_301_000;

  test('a tap reused within a second: each line has the owner of its own time', () => {
    const stage = tagger([
      [],
      [link('if:node-1/tap1', 'vm', 'old', null, T), link('if:node-1/tap1', 'vm', 'new', T + 400)],
    ]);
    const owner = (timeMs: number) => {
      const line = tagged(stage, net({}, timeMs));
      return [line.tags.vm_id, ...(line.held ?? []), ...context.stats.countedBy(line)];
    };
    expect(owner(T - 1)).toEqual(['old', Number.NEGATIVE_INFINITY, T, 'topology_lookups_hit']);
    expect(owner(T)).toEqual([undefined, T, T + 400, 'topology_lookups_miss', 'topology_misses_if']);
    expect(owner(T + 400)).toEqual(['new', T + 400, Number.POSITIVE_INFINITY, 'topology_lookups_hit']);
    // a late line from before, after a newer one was seen
    expect(owner(T - 60_000)[0]).toBe('old');
  });

  test('a line that comes late after the end of a VM', () => {
    const stage = tagger([[], [link('if:node-1/tap1', 'vm', 'gone', null, T)]]);
    const late = tagged(stage, net({}, T + 10_000));
    expect([late.tags.vm_id, late.held]).toEqual(['gone', [T, T + 30_000]]);
    expect(context.stats.countedBy(late)).toEqual(['topology_lookups_grace']);
    expect(tagged(stage, net({}, T + 30_000)).tags).not.toHaveProperty('vm_id');
  });

  test('the times of all keys that were tried count', () => {
    const stage = tagger([
      [],
      [link('if:node-1/tap1', 'vm', 'v', T), link('dom:node-1/instance-1', 'vm', 'v', null, T + 5000)],
    ]);
    const parts = { measurement: 'virt', tags: { host: 'instance-1', type: 'if_octets', type_instance: 'tap1' } };
    expect(tagged(stage, { ...parts, timeMs: T - 1 }).held).toEqual([Number.NEGATIVE_INFINITY, T]);
  });

  test('two open owners: no tags, counted', () => {
    const line = tagged(tagger([[], [link('if:node-1/tap1', 'vm', 'a'), link('if:node-1/tap1', 'vm', 'b')]]), net());
    expect(line.tags).not.toHaveProperty('vm_id');
    expect(context.stats.countedBy(line)).toEqual(['topology_lookups_ambiguous']);
  });
});

test('a hostile name is cleaned and counted, one too many is left out and counted', () => {
  const hostile = [entity('vm', 'v', { name: 'a\n\u202eb\\' }), entity('vm', 'w', { name: 'c', project_id: 'p' })];
  const stage = tagger([hostile, [link('if:node-1/tap1', 'vm', 'v'), link('if:node-1/tap2', 'vm', 'w')]], {
    max_values: 1,
  });
  const line = tagged(stage, net());
  expect(line.tags.vm_name).toBe('ab');
  expect(context.stats.countedBy(line)).toContain('topology_values_cleaned');
  const over = tagged(stage, net({ interface: 'tap2' }));
  expect(over.tags).toEqual({ host: 'node-1', interface: 'tap2', project_id: 'p' });
  expect(context.stats.countedBy(over).filter((name) => name === 'topology_values_over_limit')).toHaveLength(2);
});

test('without any source it says so', () => {
  const { snapshot: _none, ...rest } = { snapshot: undefined };
  running = new TopologyTagger(
    {
      ...rest,
      node: 'n',
      tags: ['vm_id'],
      existing: 'replace',
      grace: 0,
      max_values: 1,
      max_snapshot_bytes: 1024,
      poll_interval: 1000,
      key: [],
    },
    context,
    {},
  );
  expect(context.said).toEqual(['W Neither "static" nor "snapshot" is configured: no line gets a tag']);
});

describe('explain', () => {
  test('names the key, the way and the tags', () => {
    const stage = tagger([web[0], [link('if:node-1/tap1', 'vm', VM, null, 5000)]]);
    expect(stage.explain(new FakeLine(net({}, 6000)))).toEqual([
      'tag "interface": key if "tap1" at 1970-01-01T00:00:06.000Z',
      `  if:node-1/tap1 -> vm ${VM}: grace [unknown, 1970-01-01T00:00:05.000Z)`,
      '  grace',
      `vm_id=${VM}`,
      'vm_name=web-1',
      'project_id=shop',
      'no network_id: nothing is known',
    ]);
  });

  test('says why there is nothing', () => {
    const stage = tagger([[], [link('if:node-1/tap1', 'vm', 'a'), link('if:node-1/tap1', 'vm', 'b')]]);
    expect(stage.explain(new FakeLine({ measurement: 'cpu' }))).toEqual([
      'No tag or field of this line is a known identity',
    ]);
    expect(stage.explain(new FakeLine(net({ interface: 'lo' })))).toEqual([
      'tag "interface": key if "lo" at 1970-01-01T00:00:00.000Z',
      '  if "lo" is not in the snapshot of node-1 (seq 1)',
      '  miss',
      'Nothing is known: the line stays as it is',
    ]);
    expect(stage.explain(new FakeLine(net())).at(-1)).toBe('More than one owner at that time: no tags');
  });
});
