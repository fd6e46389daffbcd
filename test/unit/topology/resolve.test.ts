import { describe, expect, test } from 'vitest';
import type { EntityKind, KeyKind } from '../../../shared/topology/kinds.ts';
import { resolve } from '../../../shared/topology/resolve.ts';
import { bytes, type Entity, entity, type Link, link, readText, snapshotText } from './snapshot-text.ts';

const ALL: EntityKind[] = ['node', 'vm', 'port', 'network', 'bridge', 'netdev', 'container', 'pod', 'place'];

function resolver(entities: Entity[], links: Link[], graceMs = 30_000) {
  const { index } = readText(snapshotText(entities, links));
  return (kind: KeyKind, name: string, timeMs = 0, wanted: EntityKind[] = ALL) =>
    resolve(index, { kind, name: bytes(name) }, timeMs, graceMs, new Set(wanted));
}

/** What was found, as `kind:id`, in alphabetical order, after the status. */
function found({ status, entities }: ReturnType<typeof resolve>): string {
  return [status, ...[...entities.values()].map(({ kind, id }) => `${kind}:${id}`).toSorted()].join(' ');
}

const node = [
  entity('node', 'node-1'),
  entity('place', 'uk.bristol'),
  link('node:node-1', 'place', 'uk.bristol'),
] as const;
const [NODE, PLACE, AT] = node;

describe('from a key', () => {
  const ask = resolver(
    [
      NODE,
      PLACE,
      entity('vm', 'v1', { name: 'web-1' }),
      entity('port', 'p1'),
      entity('network', 'n1', { name: 'net' }),
      entity('bridge', 'node-1/br-int', { name: 'br-int' }),
      entity('netdev', 'node-1/tap1', { mtu: 1450 }),
      entity('port', 'mac:fa:16:3e:00:00:09'),
      entity('container', 'c'.repeat(64)),
      entity('pod', 'pod-1', { name: 'shop' }),
    ],
    [
      AT,
      link('if:node-1/tap1', 'port', 'p1'),
      link('if:node-1/tap1', 'bridge', 'node-1/br-int'),
      link('port:p1', 'vm', 'v1'),
      link('port:p1', 'network', 'n1'),
      link('dom:node-1/instance-1', 'vm', 'v1'),
      link('mac:fa:16:3e:00:00:01', 'port', 'p1'),
      link('port:mac:fa:16:3e:00:00:09', 'vm', 'v9'),
      link('vm:v1', 'node', 'node-1'),
      link('if:node-1/veth1', 'container', 'c'.repeat(64)),
      link(`container:${'c'.repeat(64)}`, 'pod', 'pod-1'),
      link('if:node-2/tap2', 'port', 'p2'),
    ],
  );

  test('everything that it leads to is found', () => {
    const check = (kind: KeyKind, name: string, wanted: string) => expect(found(ask(kind, name))).toBe(wanted);
    const here = 'node:node-1';
    const there = 'place:uk.bristol';
    check('if', 'tap1', `hit bridge:node-1/br-int netdev:node-1/tap1 network:n1 ${here} ${there} port:p1 vm:v1`);
    check('dom', 'instance-1', `hit ${here} ${there} vm:v1`);
    check('vm', 'v1', `hit ${here} ${there} vm:v1`);
    check('port', 'p1', `hit network:n1 ${here} ${there} port:p1 vm:v1`);
    check('mac', 'fa:16:3e:00:00:01', `hit network:n1 ${here} ${there} port:p1 vm:v1`);
    // a port without an id is named by its address
    check('mac', 'fa:16:3e:00:00:09', `hit ${here} ${there} port:mac:fa:16:3e:00:00:09 vm:v9`);
    check('if', 'veth1', `hit container:${'c'.repeat(64)} netdev:node-1/veth1 ${here} ${there} pod:pod-1`);
    check('container', 'c'.repeat(12), `hit container:${'c'.repeat(64)} ${here} ${there} pod:pod-1`);
    check('pod', 'pod-1', `hit ${here} ${there} pod:pod-1`);
    check('node', 'NODE-1.example.net', `hit ${here} ${there}`);
  });

  test('what is not there is missed, above all what is on another node', () => {
    const check = (kind: KeyKind, name: string) =>
      expect(ask(kind, name)).toMatchObject({
        status: 'miss',
        fromMs: Number.NEGATIVE_INFINITY,
        toMs: Number.POSITIVE_INFINITY,
      });
    check('if', 'tap2');
    check('if', 'node-2/tap2');
    check('dom', 'instance-2');
    check('vm', 'V1');
    check('node', 'node-2');
  });

  test('a key of no use is missed, so that a weaker one is tried', () => {
    expect(found(ask('if', 'tap1', 0, ['pod']))).toBe('hit port:p1');
    expect(found(ask('dom', 'instance-1', 0, ['network']))).toBe('miss');
  });
});

describe('in time', () => {
  test('every hop must be valid', () => {
    const ask = resolver(
      [
        entity('vm', 'v1', { name: 'old' }, 0, 5000),
        entity('vm', 'v1', { name: 'new' }, 5000),
        entity('port', 'p1', {}, 0, 9000),
      ],
      [link('if:node-1/tap1', 'port', 'p1', 1000), link('port:p1', 'vm', 'v1', 2000, 8000)],
    );
    const check = (timeMs: number, wanted: string, times: [number, number]) => {
      const resolution = ask('if', 'tap1', timeMs, ['vm', 'port']);
      expect([found(resolution), resolution.fromMs, resolution.toMs]).toEqual([wanted, ...times]);
    };
    check(999, 'miss', [Number.NEGATIVE_INFINITY, 1000]);
    check(1000, 'hit port:p1', [1000, 2000]);
    check(2000, 'hit port:p1 vm:v1', [2000, 5000]);
    check(5000, 'hit port:p1 vm:v1', [5000, 8000]);
    // no grace behind the first hop
    check(8000, 'hit port:p1', [8000, 9000]);
    check(9000, 'miss', [9000, Number.POSITIVE_INFINITY]);
    expect(ask('if', 'tap1', 4999).entities.get('vm')?.attributes).toEqual({ name: 'old' });
    expect(ask('if', 'tap1', 5000).entities.get('vm')?.attributes).toEqual({ name: 'new' });
  });

  test('a VM that was destroyed is still found by its interface for a while, as it was at its end', () => {
    const ask = resolver(
      [entity('vm', 'v1', { name: 'web-1' }, 0, 10_000), entity('port', 'p1', {}, 0, 10_000)],
      [
        link('if:node-1/tap1', 'port', 'p1', 0, 10_000),
        link('port:p1', 'vm', 'v1', 0, 10_000),
        link('port:p1', 'vm', 'v2', 10_001),
      ],
    );
    expect(found(ask('if', 'tap1', 9999, ['vm']))).toBe('hit port:p1 vm:v1');
    const late = ask('if', 'tap1', 25_000, ['vm']);
    expect([found(late), late.fromMs, late.toMs]).toEqual(['grace port:p1 vm:v1', 10_000, 40_000]);
    expect(found(ask('if', 'tap1', 40_000, ['vm']))).toBe('miss');
    expect(found(ask('vm', 'v1', 25_000, ['vm']))).toBe('grace vm:v1');
  });

  test('an owner of another kind ends the grace of an interface', () => {
    const ask = resolver(
      [],
      [link('if:node-1/tap1', 'vm', 'v1', null, 10_000), link('if:node-1/tap1', 'container', 'c1', 12_000)],
    );
    expect(found(ask('if', 'tap1', 11_000, ['vm']))).toBe('miss');
    // what is no owner does not
    const bridged = resolver(
      [],
      [link('if:node-1/tap1', 'vm', 'v1', null, 10_000), link('if:node-1/tap1', 'bridge', 'b', 12_000)],
    );
    expect(found(bridged('if', 'tap1', 11_000, ['vm']))).toBe('grace vm:v1');
  });

  test('live migration: the node is where the VM was', () => {
    const ask = resolver(
      [entity('vm', 'v1'), NODE, entity('node', 'node-2')],
      [
        link('dom:node-1/d', 'vm', 'v1'),
        link('vm:v1', 'node', 'node-1', 0, 5000),
        link('vm:v1', 'node', 'node-2', 6000),
      ],
    );
    expect(found(ask('dom', 'd', 4000))).toBe('hit node:node-1 vm:v1');
    expect(found(ask('dom', 'd', 5500))).toBe('hit vm:v1');
    expect(found(ask('dom', 'd', 6000))).toBe('hit node:node-2 vm:v1');
  });

  test('two open owners: nothing is found, on whichever hop', () => {
    const twoPorts = resolver([], [link('if:node-1/t', 'port', 'p1'), link('if:node-1/t', 'port', 'p2')]);
    expect(found(twoPorts('if', 't'))).toBe('ambiguous');
    const twoVms = resolver(
      [],
      [link('if:node-1/t', 'port', 'p'), link('port:p', 'vm', 'v1'), link('port:p', 'vm', 'v2')],
    );
    expect(found(twoVms('if', 't'))).toBe('ambiguous');
    // unless nobody wants to know it
    expect(found(twoVms('if', 't', 0, ['port']))).toBe('hit port:p');
    const twoContainers = resolver(
      [
        entity('container', `${'a'.repeat(12)}${'0'.repeat(52)}`),
        entity('container', `${'a'.repeat(12)}${'1'.repeat(52)}`),
      ],
      [],
    );
    expect(found(twoContainers('container', 'a'.repeat(12)))).toBe('ambiguous');
    expect(found(twoContainers('container', `${'a'.repeat(12)}${'1'.repeat(52)}`, 0, ['container']))).toBe(
      `hit container:${'a'.repeat(12)}${'1'.repeat(52)}`,
    );
  });

  test('several sources of one entity add up, the earlier one counts', () => {
    const ask = resolver([entity('vm', 'v', { name: 'api' }), entity('vm', 'v', { name: 'xml', flavor: 'small' })], []);
    expect(ask('vm', 'v').entities.get('vm')?.attributes).toEqual({ name: 'api', flavor: 'small' });
  });

  test('links in a circle end', () => {
    const ask = resolver(
      [],
      [
        link('dom:node-1/d', 'vm', 'v'),
        link('vm:v', 'node', 'n'),
        link('node:n', 'vm', 'w'),
        link('node:n', 'node', 'm'),
      ],
    );
    expect(found(ask('dom', 'd'))).toBe('hit node:n vm:v');
  });
});

test('says how it found its way', () => {
  const { index } = readText(
    snapshotText(
      [entity('vm', 'v1', {}, 0, 1000)],
      [link('if:node-1/t', 'port', 'p', 5000), link('port:p', 'vm', 'v1')],
    ),
  );
  const notes: string[] = [];
  resolve(index, { kind: 'if', name: bytes('t') }, 6000, 30, new Set(['vm'] as const), (text) => notes.push(text));
  expect(notes).toEqual([
    'if:node-1/t -> port p: hit [1970-01-01T00:00:05.000Z, open)',
    'port:p -> vm v1: hit [unknown, open)',
    'vm v1 is not there at that time [1970-01-01T00:00:00.000Z, 1970-01-01T00:00:01.000Z)',
  ]);
});
