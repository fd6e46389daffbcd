import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Options } from '../../../plugins/surrogate_context/schema.ts';
import { SurrogateContext } from '../../../plugins/surrogate_context/surrogate-context.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { loadFileReaders } from '../../../shared/topology/file-readers.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { FakeLine } from './fake-line.ts';

const READERS = await loadFileReaders({ snapshot: '', static: '' });

const DEFAULTS: Options = {
  max_context_file_bytes: 1024,
  profile: 'clmc',
  claimed: 'replace',
  required: [],
  missing: 'pass',
  location_fields: 'none',
  context: {},
  snapshot_keys: {},
  grace: 30_000,
  max_values: 2000,
  max_snapshot_bytes: 1024 * 1024,
  key: [],
};

let folder: string;
let contextFile: string;
let context: FakeContext;
let stages: SurrogateContext[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surrogate-context-'));
  contextFile = join(folder, 'context.toml');
  context = new FakeContext('surrogate_context', 1_795_245_720_000);
  stages = [];
});

afterEach(() => {
  for (const stage of stages) stage.stop();
  rmSync(folder, { recursive: true });
});

function start(options: Partial<Options>): SurrogateContext {
  const stage = new SurrogateContext({ ...DEFAULTS, ...options }, context, READERS);
  stages.push(stage);
  return stage;
}

/** What the stage makes of a line; the second time it must make nothing more of it. */
function through(stage: SurrogateContext, text: string): string {
  const line = new FakeLine(text);
  stage.line(line);
  if (line.dropped) return '';
  const again = new FakeLine(line.text);
  stage.line(again);
  expect(again.text).toBe(line.text);
  return line.text;
}

test('context from the configuration', () => {
  const stage = start({ context: { sfc_i: 'media_dash_1', sfc: 'media_dash', location: 'uk.bristol.lamp_1' } });
  const check = (line: string, expected: string) => expect(through(stage, line)).toBe(expected);

  check('cpu,cpu=cpu0 v=1 2', 'cpu,cpu=cpu0,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1 v=1 2');
  check('cpu,sfc=evil v=1', 'cpu,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1 v=1');

  // a tag that this stage cannot set is not its business: another stage may have set it
  check('cpu,server=x v=1', 'cpu,server=x,sfc=media_dash,sfc_i=media_dash_1,location=uk.bristol.lamp_1 v=1');
});

test('the profile "flame" has other names, and none for the surrogate', () => {
  const stage = start({
    profile: 'flame',
    context: { sfc: 'a', sfc_i: 'b', sf_pack: 'c', sf_i: 'd', server: 'e', location: 'f' },
  });
  expect(through(stage, 'm v=1')).toBe(
    'm,flame_sfc=a,flame_sfci=b,flame_sfp=c,flame_sf=d,flame_server=e,flame_location=f v=1',
  );
});

test('a claim is counted and told of', () => {
  const stage = start({ context: { sfc: 'ours' } });
  const line = new FakeLine('m,sfc=evil,claimed_sfc=x v=1');
  stage.line(line);
  expect(line.counted).toEqual([context.stats.counter('claims'), context.stats.counter('claims')]);
  expect(context.said).toEqual([
    'T claim: A line of "m" claims sfc="evil"; replaced',
    'T claim: A line of "m" claims claimed_sfc="x"; removed',
  ]);
});

test('[context] wins over the file, tag by tag', () => {
  writeFileSync(contextFile, 'sfc = "file"\nserver = "compute01"\n[[context]]\nmatch = { vm_id = "1" }\nsfc_i = "i"\n');
  const stage = start({ context_file: contextFile, context: { sfc: 'own' } });
  expect(through(stage, 'm,vm_id=1 v=1')).toBe('m,vm_id=1,sfc=own,sfc_i=i,server=compute01 v=1');
  expect(through(stage, 'm v=1')).toBe('m,sfc=own,server=compute01 v=1');
});

test('what the file sets for some lines is protected in all', () => {
  writeFileSync(contextFile, '[[context]]\nmatch = { vm_id = "1" }\nsfc = "a"\n');
  const stage = start({ context_file: contextFile });
  expect(through(stage, 'm,vm_id=2,sfc=evil,sfc_i=free v=1')).toBe('m,vm_id=2,sfc_i=free v=1');
});

test('the file is followed; a version with mistakes is reported and the last good one stays', async () => {
  const put = (text: string) => {
    writeFileSync(`${contextFile}.new`, text);
    renameSync(`${contextFile}.new`, contextFile);
  };
  put('sfc = "one"\n');
  const stage = start({ context_file: contextFile });
  const check = (expected: string) => expect(through(stage, 'm,vm_id=1 v=1')).toBe(expected);
  check('m,vm_id=1,sfc=one v=1');

  put('[[context]]\nmatch = { vm_id = "1" }\nsfc = "two"\nlocation = "x"\n');
  await stage.pollFiles();
  check('m,vm_id=1,sfc=two,location=x v=1');
  expect(context.changes).toBe(1);

  put('sfc = "three\n');
  await stage.pollFiles();
  await stage.pollFiles();
  check('m,vm_id=1,sfc=two,location=x v=1');
  expect(context.changes).toBe(1);
  expect(context.said.slice(1)).toEqual([
    expect.stringMatching(/^W Keeping the last good context: .*context\.toml:1: /),
  ]);

  rmSync(contextFile);
  await stage.pollFiles();
  check('m,vm_id=1,sfc=two,location=x v=1');
  await stage.pollFiles();
  expect(context.said.slice(2)).toEqual([`W Keeping the last good context: "${contextFile}" does not exist`]);

  put('sfc = "four"\n');
  await stage.pollFiles();
  check('m,vm_id=1,sfc=four v=1');
  expect([
    context.stats.counter('context_file_reloads').value,
    context.stats.counter('context_file_errors').value,
  ]).toEqual([2, 2]);
});

test('at the start a missing, wrong or too large file is a configuration error', () => {
  const check = (expected: RegExp) => {
    expect(() => start({ context_file: contextFile })).toThrow(ConfigError);
    expect(() => start({ context_file: contextFile })).toThrow(expected);
  };
  check(/context\.toml: ".*context\.toml" does not exist/);
  writeFileSync(contextFile, 'sfc = 1\n');
  check(/context\.toml:1: "sfc" is a text, not 1/);
  writeFileSync(contextFile, `sfc = "a"${' '.repeat(1024)}\n`);
  check(/has 1034 bytes, more than the limit of 1024/);
});

test('required context', () => {
  const line = 'm,location=l v=1';
  const check = (missing: Options['missing'], required: Options['required'], expected: string) =>
    expect(through(start({ context: { sfc: 'a' }, required, missing }), line)).toBe(expected);

  check('drop', ['sfc', 'location'], 'm,location=l,sfc=a v=1');
  check('pass', ['sfc_i'], 'm,location=l,sfc=a v=1');
  check('drop', ['sfc_i'], '');
  check('mark', ['sfc_i'], 'm,location=l,sfc=a,context=incomplete v=1');

  // a guest cannot say that its line is complete
  const stage = start({ context: { sfc: 'a' }, required: ['sfc_i'], missing: 'mark' });
  expect(through(stage, 'm,context=complete v=1')).toBe('m,context=incomplete,sfc=a v=1');
});

test('an incomplete line is counted, a dropped one besides', () => {
  const stage = start({ required: ['sfc'], missing: 'drop' });
  const line = new FakeLine('m v=1');
  stage.line(line);
  expect(line.counted).toEqual([context.stats.counter('incomplete'), context.stats.counter('dropped')]);
});

test('coordinates on demand', () => {
  const options: Partial<Options> = { location_fields: 'add', context: { loc_long: -0.778276, loc_lat: 50 } };
  const check = (claimed: Options['claimed'], line: string, expected: string) =>
    expect(through(start({ ...options, claimed }), line)).toBe(expected);

  check('replace', 'm v=1 2', 'm v=1,loc_long=-0.778276,loc_lat=50 2');
  check('replace', 'm loc_lat=50,v=1', 'm loc_lat=50,v=1,loc_long=-0.778276');

  // the same for fields that the line brings; field-guard.test.ts has more
  check('replace', 'm loc_lat=7,location_long=8 2', 'm loc_lat=50,loc_long=-0.778276 2');
  check('keep', 'm location_lat=7 2', 'm location_lat=7,loc_long=-0.778276 2');
  check('set_aside', 'm loc_lat=7 2', 'm loc_lat=50,loc_long=-0.778276,claimed_loc_lat=7 2');

  // tags of these names would hide the fields
  check('replace', 'm,loc_lat=7,location_long=8 v=1', 'm v=1,loc_long=-0.778276,loc_lat=50');
  check('set_aside', 'm,loc_lat=7 v=1', 'm,claimed_loc_lat=7 v=1,loc_long=-0.778276,loc_lat=50');

  // nobody knows the place: nobody may say it
  expect(through(start({ location_fields: 'add' }), 'm,loc_lat=7 v=1,loc_long=8')).toBe('m v=1');

  // not on demand: not asked for
  expect(through(start({ context: { loc_long: 1, loc_lat: 2 } }), 'm,loc_lat=7 v=1,loc_lat=7')).toBe(
    'm,loc_lat=7 v=1,loc_lat=7',
  );
});

test('a claimed field is counted and told of, also one that has to stay', () => {
  const check = (text: string, expected: string) => {
    const line = new FakeLine(text);
    context = new FakeContext('surrogate_context', 1_795_245_720_000);
    start({ location_fields: 'add', context: { sfc: 'a' } }).line(line);
    expect(line.counted).toEqual([context.stats.counter('claims')]);
    expect(context.said).toEqual([expected]);
  };
  check('m,sfc=a v=1,loc_lat="7"', 'T claim: A line of "m" claims loc_lat="7"; removed');
  check(
    'm,sfc=a location_lat=7',
    'T claim: A line of "m" claims location_lat="7"; kept, as it is the only field, or the line is malformed',
  );
});

test('explain says which source decided and what the line claims', () => {
  writeFileSync(contextFile, '[[context]]\nmatch = { vm_id = "1" }\nsfc_i = "i"\n');
  const stage = start({ context_file: contextFile, context: { sfc: 'a' } });
  expect(stage.explain(new FakeLine('m,vm_id=1,sfc=evil v=1'))).toEqual([
    'sfc="a" from [context]; the line says "evil"',
    `sfc_i="i" from "${contextFile}"`,
    '[[context]] number 1 matches',
  ]);
  expect(stage.explain(new FakeLine('m v=1'))).toContain('sfc_i: no source has a value');
});

const RECORDED = 'test/fixtures/recorded-node/topology.json';

test('metadata and labels of the snapshot, only those that are named', () => {
  const stage = start({
    snapshot: RECORDED,
    node: 'node-1',
    snapshot_keys: { sf_i: 'metadata.role', sfc: 'label.com.example.team', surrogate: 'vm_name', location: 'location' },
  });
  const check = (line: string, expected: string) => expect(through(stage, line)).toBe(expected);

  // by tap, domain, MAC address, container
  const web1 = ',sf_i=web,surrogate=web-1,location=uk.bristol.lamp_1';
  check(
    'net,interface=tapa5f78d67-90 v=1 1795245720000000000',
    `net,interface=tapa5f78d67-90${web1} v=1 1795245720000000000`,
  );
  check('libvirt_state,domain_name=instance-00000001 v=1', `libvirt_state,domain_name=instance-00000001${web1} v=1`);
  check(
    'virt_rx,type=if_octets,type_instance=fa:16:3e:00:00:01 v=1',
    `virt_rx,type=if_octets,type_instance=fa:16:3e:00:00:01${web1} v=1`,
  );
  const id = '6218d1dada582183fbaac811f42aca5ac0dc483a1139cab854c898931b4cc29c';
  check(`x,container_id=${id} v=1`, `x,container_id=${id},sfc=front,location=uk.bristol.lamp_1 v=1`);

  // nothing is known: nothing is added, and nobody else may say it
  check('net,interface=eth7 v=1', 'net,interface=eth7 v=1');
  check('cpu,cpu=cpu0,sf_i=evil,server=free v=1', 'cpu,cpu=cpu0,server=free v=1');

  // a guest cannot take the name of another
  check(
    'net,interface=tapa5f78d67-90,surrogate=db-1 v=1',
    'net,interface=tapa5f78d67-90,surrogate=web-1,sf_i=web,location=uk.bristol.lamp_1 v=1',
  );
});

test('a hostile display name is cleaned and counted', () => {
  const stage = start({ snapshot: RECORDED, node: 'node-1', snapshot_keys: { surrogate: 'vm_name' } });
  const line = new FakeLine('libvirt_state,domain_name=instance-00000005 v=1');
  stage.line(line);
  expect(line.counted).toEqual([
    context.stats.counter('topology_lookups_hit'),
    context.stats.counter('cleaned_values'),
  ]);
  expect(line.tag(context.names.of('surrogate'))).not.toMatch(/[\n\t]/);
});

test('[context], then the file, then the snapshot, tag by tag', () => {
  writeFileSync(contextFile, '[[context]]\nmatch = { interface = "tapa5f78d67-90" }\nsf_i = "file"\nsfc_i = "file"\n');
  const stage = start({
    context: { sfc_i: 'own' },
    context_file: contextFile,
    snapshot: RECORDED,
    node: 'node-1',
    snapshot_keys: { sf_i: 'metadata.role', sfc_i: 'metadata.team', surrogate: 'vm_name' },
  });
  expect(through(stage, 'net,interface=tapa5f78d67-90 v=1')).toBe(
    'net,interface=tapa5f78d67-90,sfc_i=own,sf_i=file,surrogate=web-1 v=1',
  );
  expect(through(stage, 'net,interface=tap61bf85f9-42 v=1')).toBe(
    'net,interface=tap61bf85f9-42,sfc_i=own,sf_i=web,surrogate=web-2 v=1',
  );
});

test('context holds as long as the VM has the tap, and coordinates come from the place', () => {
  const snapshot = join(folder, 'topology.json');
  const entity = (kind: string, id: string, attrs: object) => ({ kind, id, fromMs: null, toMs: null, attrs });
  const links = [
    { key: 'if:node-1/tap1', kind: 'vm', id: 'old', fromMs: 1000, toMs: 2000 },
    { key: 'if:node-1/tap1', kind: 'vm', id: 'new', fromMs: 3000, toMs: null },
    { key: 'vm:new', kind: 'node', id: 'node-1', fromMs: null, toMs: null },
    { key: 'node:node-1', kind: 'place', id: 'x', fromMs: null, toMs: null },
  ];
  const entities = [
    entity('vm', 'old', { name: 'old' }),
    entity('vm', 'new', { name: 'new' }),
    entity('node', 'node-1', {}),
    entity('place', 'x', { loc_long: -0.5, loc_lat: 'not a number' }),
  ];
  writeFileSync(
    snapshot,
    JSON.stringify({ format: 'topology-snapshot/1', node: 'node-1', run: 'a', seq: 1, entities, links }),
  );
  const stage = start({
    snapshot,
    node: 'node-1',
    grace: 0,
    location_fields: 'add',
    snapshot_keys: { surrogate: 'vm_name', loc_long: 'place.loc_long', loc_lat: 'place.loc_lat' },
  });
  const check = (timeMs: number, expected: string, held: [number, number]) => {
    const line = new FakeLine(`net,interface=tap1 v=1 ${timeMs}000000`);
    stage.line(line);
    expect(line.text).toBe(`${expected} ${timeMs}000000`);
    expect(line.held).toEqual(held);
  };
  check(1500, 'net,interface=tap1,surrogate=old v=1,loc_long=-0.5', [1000, 2000]);
  check(2500, 'net,interface=tap1 v=1', [2000, 3000]);
  check(3000, 'net,interface=tap1,surrogate=new v=1,loc_long=-0.5', [3000, Number.POSITIVE_INFINITY]);
});

test('without the snapshot lines pass, and what it would have set is still protected', () => {
  const stage = start({ snapshot: join(folder, 'none.json'), node: 'node-1', snapshot_keys: { surrogate: 'vm_name' } });
  expect(through(stage, 'net,interface=tap1 v=1')).toBe('net,interface=tap1 v=1');
  expect(through(stage, 'net,interface=tap1,surrogate=evil v=1')).toBe('net,interface=tap1 v=1');
  expect(context.said[0]).toMatch(
    /^T snapshot missing: Snapshot .*none\.json" does not exist; lines pass without its tags$/,
  );
});
