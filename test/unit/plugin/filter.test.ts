import { expect, test } from 'vitest';
import { compileFilter } from '../../../shared/plugin/filter.ts';
import { FakeLine, FakeNames } from '../../support/fake-line.ts';

const noFilter = { namepass: [], namedrop: [], tagpass: {}, tagdrop: {} };

function selects(
  filter: Partial<typeof noFilter> | object,
  measurement: string,
  tags: Record<string, string> = {},
): boolean {
  return compileFilter({ ...noFilter, ...filter }, new FakeNames())(new FakeLine({ measurement, tags }));
}

test('without filters every line is handled', () => {
  expect(selects({}, 'cpu')).toBe(true);
});

test('names', () => {
  const check = (filter: object, measurement: string, expected: boolean) =>
    expect(selects(filter, measurement)).toBe(expected);

  check({ namepass: ['cpu'] }, 'cpu', true);
  check({ namepass: ['cpu'] }, 'cpu2', false);
  check({ namepass: ['mem', 'cpu*'] }, 'cpu2', true);
  check({ namedrop: ['cpu*'] }, 'cpu2', false);
  check({ namedrop: ['cpu*'] }, 'mem', true);
  // both: passed and not dropped
  check({ namepass: ['cpu*'], namedrop: ['cpu_*'] }, 'cpu', true);
  check({ namepass: ['cpu*'], namedrop: ['cpu_*'] }, 'cpu_x', false);
  check({ namepass: ['cpu*'], namedrop: ['mem'] }, 'disk', false);
  // characters, not bytes
  check({ namepass: ['gr??e'] }, 'größe', true);
  check({ namepass: ['gr????e'] }, 'größe', false);
});

test('tags', () => {
  const check = (filter: object, tags: Record<string, string>, expected: boolean) =>
    expect(selects(filter, 'net', tags)).toBe(expected);

  check({ tagpass: { interface: ['tap*'] } }, { interface: 'tap1' }, true);
  check({ tagpass: { interface: ['tap*'] } }, { interface: 'eth0' }, false);
  check({ tagpass: { interface: ['tap*'] } }, {}, false);
  // one tag is enough
  check({ tagpass: { interface: ['tap*'], host: ['a'] } }, { host: 'a' }, true);
  check({ tagdrop: { interface: ['lo'] } }, { interface: 'lo' }, false);
  check({ tagdrop: { interface: ['lo'] } }, {}, true);
  check({ tagpass: { host: ['a'] }, tagdrop: { interface: ['lo'] } }, { host: 'a', interface: 'lo' }, false);
  check({ tagpass: { host: ['a'] }, tagdrop: { interface: ['lo'] } }, { host: 'a', interface: 'eth0' }, true);
  // keys are no globs
  check({ tagpass: { 'inter*': ['tap*'] } }, { interface: 'tap1' }, false);
  // no value is no match
  check({ tagpass: { interface: [] } }, { interface: 'tap1' }, false);
  check({ tagdrop: { interface: [] } }, { interface: 'tap1' }, true);
});

test('names and tags', () => {
  expect(selects({ namepass: ['net'], tagdrop: { interface: ['lo'] } }, 'net', { interface: 'lo' })).toBe(false);
  expect(selects({ namepass: ['cpu'], tagpass: { interface: ['lo'] } }, 'net', { interface: 'lo' })).toBe(false);
});
