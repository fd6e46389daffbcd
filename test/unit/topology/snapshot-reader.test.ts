import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../../../shared/topology/snapshot-header.ts';
import { bytes, entity, link, readText, snapshotText } from './snapshot-text.ts';

const VM = '11111111-1111-4111-8111-111111111111';
const small = snapshotText(
  [
    entity('vm', VM, {
      name: 'web-1',
      'metadata.role': 'a "b" \\ é\u202e',
      deep: { a: [1, 2.5e3, null, true, false] },
    }),
  ],
  [link('if:node-1/tap1', 'port', 'p1', 5, 1_795_244_301_000), link('port:p1', 'vm', VM)],
);

function fault(text: string | Buffer): string {
  try {
    readText(text);
    return 'none';
  } catch (error) {
    if (error instanceof SnapshotError) return error.fault;
    throw error;
  }
}

describe('a snapshot', () => {
  test('gives versions by key', () => {
    const { index } = readText(small);
    expect(index.header).toMatchObject({ node: 'node-1', run: 'r1', seq: 1, takenMs: 1_000_000 });
    expect(index.header.sources.get('libvirt')).toEqual({ state: 'live', syncMs: 1_000_000 });
    expect(index.versions).toBe(3);
    const [port] = index.linksFrom(bytes('if:node-1/tap1')).get('port') ?? [];
    expect(port).toMatchObject({ owner: 'p1', fromMs: 5, toMs: 1_795_244_301_000 });
    const [vm] = index.versionsOf('vm', bytes(VM));
    expect(vm).toMatchObject({ fromMs: undefined, toMs: Number.POSITIVE_INFINITY });
    expect(index.attributesOf(vm?.row ?? -1)).toEqual({ name: 'web-1', 'metadata.role': 'a "b" \\ é\u202e' });
    expect(index.linksFrom(bytes('if:node-1/tap')).size).toBe(0);
    expect(index.versionsOf('port', bytes(VM))).toEqual([]);
  });

  test('may be written in any order and with blanks', () => {
    const { entities, links, ...header } = JSON.parse(small);
    const turned = JSON.stringify(
      {
        links: links.map((each: object) => Object.fromEntries(Object.entries(each).reverse())),
        more: { later: ['formats'] },
        ...header,
        entities: entities.map((each: object) => Object.fromEntries(Object.entries(each).reverse())),
      },
      null,
      '\t',
    ).replaceAll('\n', '\r\n ');
    const { index } = readText(`\r\n${turned}`);
    expect(index.versions).toBe(3);
    expect(index.linksFrom(bytes('port:p1')).get('vm')?.[0]?.owner).toBe(VM);
  });

  test('finds names with escapes and other alphabets as lines write them', () => {
    const text = snapshotText(
      [entity('bridge', 'node-1/br "x"', { name: 1 }), entity('container', 'ab\\c')],
      [link('if:node-1/tür\t"1"', 'vm', 'é\\1'), link('dom:node-1/日本', 'vm', 'v')],
    ).replace('tür', 't\\u00fcr');
    const { index } = readText(text);
    expect(index.linksFrom(bytes('if:node-1/tür\t"1"')).get('vm')?.[0]?.owner).toBe(bytes('é\\1'));
    expect(index.linksFrom(bytes('dom:node-1/日本')).get('vm')?.[0]?.owner).toBe('v');
    expect(index.attributesOf(index.versionsOf('bridge', bytes('node-1/br "x"'))[0]?.row ?? -1)).toEqual({ name: '1' });
    expect(index.versionsOf('container', bytes('ab\\c')).length).toBe(1);
  });

  test('finds a container by its long and its short id', () => {
    const long = '6218d1dada582183fbaac811f42aca5ac0dc483a1139cab854c898931b4cc29c';
    const short = long.slice(0, 12);
    const check = (stored: string, asked: string, found: number) => {
      const { index } = readText(
        snapshotText([entity('container', stored)], [link(`container:${stored}`, 'pod', 'p')]),
      );
      expect(index.versionsOf('container', bytes(asked)).length).toBe(found);
      expect(index.linksFrom(bytes(`container:${asked}`)).size).toBe(found);
    };
    check(long, long, 1);
    check(long, short, 1);
    check(short, long, 1);
    check(short, short, 1);
    // nothing between the two lengths, and no other id with the same beginning
    check(long, long.slice(0, 13), 0);
    check(long, `${short}${'0'.repeat(52)}`, 0);
    check(long, long.slice(0, 11), 0);
  });

  test('passes over kinds that a later writer knows', () => {
    const text = snapshotText([entity('vnf' as never, 'x'), entity('vm', 'v')], [link('vm:v', 'rack' as never, 'r')]);
    expect(readText(text).index.versions).toBe(1);
  });

  test('is refused wherever it is cut off', () => {
    for (let end = 0; end < small.trimEnd().length; end++)
      expect([end, fault(small.slice(0, end))]).toEqual([end, 'corrupt']);
    expect(fault(small.trimEnd())).toBe('none');
  });

  test('is refused for what it lacks, with the place and what would be right', () => {
    const check = (text: string, wanted: RegExp) => expect(() => readText(text)).toThrow(wanted);
    const with_ = (entities: string, links = '[]') =>
      `{"format":"topology-snapshot/1","node":"node-1","run":"r","seq":1,"entities":${entities},"links":${links}}`;
    check('', /ends where an object should be at byte 0/);
    check('[]', /Expected an object, found "\[\]" at byte 0/);
    check('{}', /format is not named/);
    check('{"format":"topology-snapshot/2","entities":[],"links":[]}', /format is "topology-snapshot\/2"/);
    check('{"format":"topology-snapshot/1","node":"","entities":[],"links":[]}', /no node/);
    check(with_('[]').replace('"run":"r",', ''), /no run/);
    check(with_('[]').replace('"seq":1', '"seq":"1"'), /no seq/);
    check(with_('[]').replace(',"links":[]', ''), /no "links"/);
    check(with_('[]').replace('}', ',"links":[]}'), /"links" stands twice/);
    check(with_('{}'), /Expected a list, found/);
    check(with_('[1]'), /Expected an object, found "1\]/);
    check(with_('[{}]'), /Entity without kind or id/);
    check(with_('[{"kind":"vm"}]'), /Entity without kind or id/);
    check(with_('[{"kind":"vm","id":""}]'), /Empty key or id/);
    check(with_('[{"kind":"vm","id":1}]'), /Expected a text in quotes, found "1/);
    check(with_('[{"kind":"vm","id":"a","attrs":[]}]'), /Expected an object/);
    check(with_('[{"kind":"vm","id":"a","fromMs":"1"}]'), /Expected milliseconds or null/);
    check(with_('[{"kind":"vm","id":"a","fromMs":1.7e12}]'), /Expected milliseconds or null/);
    check(with_('[{"kind":"vm","id":"a","fromMs":01}]'), /Bad number/);
    check(with_('[]', '[{"kind":"vm","id":"a"}]'), /Link without key, kind or id/);
    check(with_('[{"kind":"vm","id":"a\nb"}]'), /Control character in a text at byte/);
    check(with_('[{"kind":"vm","id":"a\\x"}]'), /Bad escape/);
    check(with_(`[{"kind":"vm","id":"a","x":${'['.repeat(40)}${']'.repeat(40)}}]`), /More than 32 levels/);
    check(with_(`[{"kind":"vm","id":"a","x":"${'y'.repeat(1_100_000)}"}]`), /more than 1 MiB/);
    check(`${with_('[]')} x`, /Expected the end, found "x"/);
    check(with_('[]').replace('"seq"', `"x":"${'y'.repeat(70_000)}","seq"`), /Too much beside/);
  });

  test('reads times with fractions and before 1970', () => {
    const text = snapshotText(
      [],
      [link('if:node-1/a', 'vm', 'v', -5, 1_795_244_300_950.25), link('if:node-1/b', 'vm', 'v', 0)],
    );
    const { index } = readText(text);
    expect(index.linksFrom(bytes('if:node-1/a')).get('vm')).toMatchObject([{ fromMs: -5, toMs: 1_795_244_300_950 }]);
    expect(index.linksFrom(bytes('if:node-1/b')).get('vm')).toMatchObject([{ fromMs: 0 }]);
  });

  test('takes any JSON in what it does not read, and refuses whatever is none', () => {
    const around = (value: string) => small.replace('"name":"web-1"', () => `"name":"web-1","x":${value}`);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const { index } = readText(around(JSON.stringify(value)));
        expect(index.attributesOf(0)).toMatchObject({ name: 'web-1' });
      }),
      { numRuns: 200 },
    );
    // one byte of the text is another one: either JSON.parse and we both read it, or neither does
    fc.assert(
      fc.property(fc.nat(small.length - 2), fc.integer({ min: 9, max: 126 }), (at, byte) => {
        const text = small.slice(0, at) + String.fromCharCode(byte) + small.slice(at + 1);
        let json = true;
        try {
          JSON.parse(text);
        } catch {
          json = false;
        }
        if (!json) expect(fault(text)).not.toBe('none');
      }),
      { numRuns: 3000 },
    );
  });

  test('of another node is foreign; the domain and the case of the name do not matter', () => {
    const check = (written: string, own: string, wanted: string) => {
      const text = snapshotText([], [], { node: written });
      let seen = 'ours';
      try {
        readText(text, own);
      } catch (error) {
        seen = (error as SnapshotError).fault;
      }
      expect(seen).toBe(wanted);
    };
    check('node-1', 'node-1', 'ours');
    check('Node-1.example.net', 'node-1', 'ours');
    check('node-1', 'NODE-1.other.example', 'ours');
    check('node-10', 'node-1', 'foreign');
    check('node-2', 'node-1', 'foreign');
  });

  test('is older only with a lower seq of the same run', () => {
    const current = readText(snapshotText([], [], { run: 'a', seq: 7 }));
    const next = (header: object) => readText(snapshotText([], [], header), 'node-1', current).index.header.seq;
    expect(() => next({ run: 'a', seq: 6 })).toThrow(/seq 6 is lower than 7/);
    expect(next({ run: 'a', seq: 7 })).toBe(7);
    expect(next({ run: 'a', seq: 8 })).toBe(8);
    expect(next({ run: 'b', seq: 1 })).toBe(1);
  });

  test('of 100,000 taps is read in slices', () => {
    const entities = Array.from({ length: 50_000 }, (_, i) =>
      entity('vm', `vm-${i}`, { name: `name-${i}`, project_id: 'p' }),
    );
    const links = Array.from({ length: 100_000 }, (_, i) => link(`if:node-1/tap${i}`, 'vm', `vm-${i >> 1}`));
    const text = snapshotText(entities, links);
    const { index, slices } = readText(text);
    expect(index.versions).toBe(150_000);
    expect(slices).toBeGreaterThan(text.length / 300_000);
    for (const i of [0, 1, 77_777, 99_999]) {
      expect(index.linksFrom(bytes(`if:node-1/tap${i}`)).get('vm')?.[0]?.owner).toBe(`vm-${i >> 1}`);
    }
  });

  test('made of captures is read as JSON.parse reads it', () => {
    const text = readFileSync(new URL('../../fixtures/recorded-node/topology.json', import.meta.url), 'utf8');
    const { index } = readText(text);
    const { entities, links } = JSON.parse(text);
    expect(index.versions).toBe(entities.length + links.length);
    for (const { kind, id, attrs } of entities) {
      expect(index.attributesOf(index.versionsOf(kind, bytes(id))[0]?.row ?? -1)).toEqual(attrs);
    }
    for (const { key, kind, id } of links)
      expect(
        index
          .linksFrom(bytes(key))
          .get(kind)
          ?.map(({ owner }) => owner),
      ).toContain(id);
  });
});
