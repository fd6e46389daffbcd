import { expect, test } from 'vitest';
import { ContextTable } from '../../../plugins/surrogate_context/context-table.ts';
import { type ContextValues, firstOf, NO_CONTEXT } from '../../../plugins/surrogate_context/context-values.ts';
import type { ContextKey } from '../../../plugins/surrogate_context/tag-names.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';

const values = (tags: Partial<Record<ContextKey, string>>): ContextValues => ({
  tags: new Map(Object.entries(tags).map(([key, value]) => [key as ContextKey, toByteString(value)])),
  fields: new Map(),
});

const entry = (match: Record<string, string[]>, sfc: string) => ({
  match: new Map(Object.entries(match).map(([tag, wanted]) => [tag, wanted.map(toByteString)])),
  values: values({ sfc }),
});

const tagsOf =
  (tags: Record<string, string>) =>
  (tag: string): ByteString | undefined =>
    tags[tag] === undefined ? undefined : toByteString(tags[tag]);

test('the first entry that matches decides', () => {
  const table = new ContextTable(NO_CONTEXT, [
    entry({ vm_id: ['1'] }, 'one'),
    entry({ vm_id: ['2', '3'], network_id: ['a', 'b'] }, 'two'),
    entry({ vm_id: ['1', '2'] }, 'three'),
    entry({ project_id: ['p'] }, 'four'),
  ]);
  const check = (tags: Record<string, string>, expected: string | undefined) =>
    expect(table.select(tagsOf(tags)).tags.get('sfc')).toBe(expected);

  check({ vm_id: '1' }, 'one');
  check({ vm_id: '2' }, 'three');
  check({ vm_id: '2', network_id: 'b' }, 'two');
  check({ vm_id: '3', network_id: 'c' }, undefined);
  check({ vm_id: '3', network_id: 'c', project_id: 'p' }, 'four');
  check({ vm_id: '1', project_id: 'p' }, 'one');
  check({}, undefined);
  expect(table.matchTags.toSorted()).toEqual(['network_id', 'project_id', 'vm_id']);
});

test('an entry without match is for all lines; those behind it never decide', () => {
  const table = new ContextTable(NO_CONTEXT, [
    entry({ vm_id: ['1'] }, 'one'),
    entry({}, 'all'),
    entry({ vm_id: ['2'] }, 'never'),
  ]);
  const sfcOf = (tags: Record<string, string>) => table.select(tagsOf(tags)).tags.get('sfc');
  expect([sfcOf({ vm_id: '1' }), sfcOf({ vm_id: '2' }), sfcOf({})]).toEqual(['one', 'all', 'all']);
});

test('values run together are not other values', () => {
  const table = new ContextTable(NO_CONTEXT, [entry({ a: ['x1:y'], b: ['z'] }, 'one')]);
  expect(table.indexOf(tagsOf({ a: 'x', b: '1:yz' }))).toBe(Number.POSITIVE_INFINITY);
  expect(table.indexOf(tagsOf({ a: 'x1:y', b: 'z' }))).toBe(0);
});

test('what an entry does not say comes from the common values', () => {
  const table = new ContextTable(values({ server: 'compute01', sfc: 'common' }), [entry({ vm_id: ['1'] }, 'one')]);
  expect(table.select(tagsOf({ vm_id: '1' }))).toEqual(values({ sfc: 'one', server: 'compute01' }));
  expect(table.select(tagsOf({}))).toEqual(values({ sfc: 'common', server: 'compute01' }));
  expect([...table.keys].toSorted()).toEqual(['server', 'sfc']);
});

test('the first source with a value wins, tag by tag', () => {
  const joined = firstOf(
    values({ sfc: 'a' }),
    NO_CONTEXT,
    values({ sfc: 'b', location: 'x' }),
    values({ location: 'y', sf_i: 'z' }),
  );
  expect([...joined.tags]).toEqual([
    ['sfc', 'a'],
    ['sf_i', 'z'],
    ['location', 'x'],
  ]);
});
