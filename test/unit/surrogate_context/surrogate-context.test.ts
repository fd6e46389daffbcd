import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Options } from '../../../plugins/surrogate_context/schema.ts';
import { SurrogateContext } from '../../../plugins/surrogate_context/surrogate-context.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { FakeContext } from './fake-context.ts';
import { FakeLine } from './fake-line.ts';

const DEFAULTS: Options = {
  max_context_file_bytes: 1024,
  profile: 'clmc',
  claimed: 'replace',
  required: [],
  missing: 'pass',
  location_fields: 'none',
  context: {},
  snapshot_keys: {},
};

let folder: string;
let contextFile: string;
let context: FakeContext;
let stages: SurrogateContext[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surrogate-context-'));
  contextFile = join(folder, 'context.toml');
  context = new FakeContext();
  stages = [];
});

afterEach(() => {
  for (const stage of stages) stage.stop();
  rmSync(folder, { recursive: true });
});

function start(options: Partial<Options>): SurrogateContext {
  const stage = new SurrogateContext({ ...DEFAULTS, ...options }, context);
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
    'W A line of "m" claims sfc="evil"; replaced',
    'W A line of "m" claims claimed_sfc="x"; removed',
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
  check('replace', 'm loc_lat=50.0,v=1', 'm loc_lat=50.0,v=1,loc_long=-0.778276');

  // a field cannot be replaced: it stays and is counted
  check('replace', 'm loc_lat=7 2', 'm loc_lat=7,loc_long=-0.778276 2');
  check('keep', 'm location_lat=7 2', 'm location_lat=7,loc_long=-0.778276 2');

  // tags of these names would hide the fields
  check('replace', 'm,loc_lat=7,location_long=8 v=1', 'm v=1,loc_long=-0.778276,loc_lat=50');
  check('set_aside', 'm,loc_lat=7 v=1', 'm,claimed_loc_lat=7 v=1,loc_long=-0.778276,loc_lat=50');

  // not on demand: not asked for
  expect(through(start({ context: { loc_long: 1, loc_lat: 2 } }), 'm,loc_lat=7 v=1')).toBe('m,loc_lat=7 v=1');
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
