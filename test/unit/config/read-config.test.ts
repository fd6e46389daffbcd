import { describe, expect, test } from 'vitest';
import { defaultConfig } from '../../../shared/config/build-config.ts';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { dummyInput, dummyOutput, fullPlugin, plainPlugin } from '../../support/dummy-plugins.ts';

const catalogue = catalogueOf([fullPlugin, plainPlugin, dummyInput, dummyOutput]);

interface Setting {
  readonly plugin?: string;
  readonly environment?: Record<string, string>;
  readonly files?: Record<string, string>;
}

function read(text: string, { plugin, environment = {}, files = {} }: Setting = {}) {
  return readConfig(text, 'x.conf', {
    catalogue,
    environment,
    ...(plugin === undefined ? {} : { plugin }),
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return content;
    },
  });
}

function problems(text: string, setting?: Setting): string[] {
  try {
    read(text, setting);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

const FULL = '[[processors.full_plugin]]\nendpoint = "e"\n';

describe('what holds', () => {
  test('defaults are filled in, in the units of the stage', () => {
    const { process, stages } = read(FULL);
    expect(process).toEqual({
      precision: 'ns',
      coalesce: 1,
      max_line_bytes: 2_097_152,
      validate: 'head',
      invalid_lines: 'pass',
      quarantine_size: 10_485_760,
      stats_interval: 0,
    });
    expect(stages).toMatchObject([{ alias: 'full_plugin', definition: fullPlugin }]);
    expect(stages[0]?.options).toEqual({
      endpoint: 'e',
      mode: 'fast',
      timeout: 90_000,
      spool_size: 65_536,
      retries: 3,
      ratio: 0.5,
      verify: true,
      tags: ['vm_id', 'vm_name'],
      limits: { lines: 1000, age: 10_000 },
      labels: {},
      key: [],
    });
    expect(stages[0]?.common).toEqual({ namepass: [], namedrop: [], tagpass: {}, tagdrop: {} });
  });

  test('values as the operator wrote them', () => {
    const option = (line: string): unknown => {
      const { options } = read(FULL + line).stages[0] as { options: Record<string, unknown> };
      return options[line.split(' ')[0] as string];
    };
    expect(option('timeout = 15')).toBe(15_000);
    expect(option('timeout = 12.5')).toBe(12_500);
    expect(option('timeout = "1h30m"')).toBe(5_400_000);
    expect(option('spool_size = 1000')).toBe(1000);
    expect(option('spool_size = "1MB"')).toBe(1_000_000);
    expect(option('tags = []')).toEqual([]);
    expect(option('labels = { a = "b", __proto__ = "c" }')).toEqual(JSON.parse('{"a":"b","__proto__":"c"}'));
    expect(option('key = [{ tag = "host" }]')).toEqual([{ tag: 'host', kind: 'vm' }]);
  });

  test('variables stand for text, numbers and booleans, and secrets come from files', () => {
    const { options } = read(
      '[[processors.full_plugin]]\nendpoint = "${E}"\nretries = "${R}"\nverify = "${V:-false}"\ntimeout = "${T}"\ntoken_file = "/s/${F}"',
      { environment: { E: 'a"b\\', R: '7', T: '20s', F: 'token' }, files: { '/s/token': ' secret\n' } },
    ).stages[0] as { options: unknown };
    expect(options).toMatchObject({
      endpoint: 'a"b\\',
      retries: 7,
      verify: false,
      timeout: 20_000,
      token_file: 'secret',
    });
  });

  test('tables of any order make a chain by kind, then order', () => {
    const text = [
      '[[outputs.dummy_output]]',
      '[[processors.plain_plugin]]',
      'order = 2',
      '[[processors.full_plugin]]',
      'endpoint = "e"',
      '[[processors.plain_plugin]]',
      'alias = "first"',
      'order = -1',
      '[[inputs.dummy_input]]',
      'interval = "10ms"',
      '[[processors.plain_plugin]]',
    ].join('\n');
    const { stages } = read(text);
    expect(stages.map(({ alias }) => alias)).toEqual([
      'dummy_input',
      'full_plugin',
      'plain_plugin',
      'first',
      'plain_plugin#2',
      'dummy_output',
    ]);
    expect(stages[0]?.common.interval).toBe(10);
    expect(stages[0]?.options).toEqual({});
  });

  test('a single plugin without a table, or without a file, has its defaults', () => {
    expect(read('', { plugin: 'plain_plugin' }).stages).toMatchObject([{ alias: 'plain_plugin' }]);
    expect(read('\uFEFF[process]\nvalidate = "full"', { plugin: 'plain_plugin' }).stages).toHaveLength(1);
    const config = defaultConfig({ catalogue, environment: {}, plugin: 'plain_plugin' });
    expect(config.process.coalesce).toBe(1);
    expect(() => defaultConfig({ catalogue, environment: {}, plugin: 'full_plugin' })).toThrow(
      '(no configuration): option "endpoint" is missing, e.g. endpoint = "http://127.0.0.1:9000"',
    );
  });
});

describe('what is wrong', () => {
  test('ten mistakes give ten messages, each with its line', () => {
    const text = [
      '[process]',
      'coalesce = "2ms"',
      'validate = "ful"',
      '[[processors.full_plugin]]',
      'endpont = "e"',
      'timeout = "5 minutes"',
      'spool_size = "2GiB"',
      'retries = 3.5',
      'verify = "yes"',
      'tags = ["a", "a"]',
      '  [processors.full_plugin.limits]',
      '  lines = 0',
      '  [[processors.full_plugin.key]]',
      '  kind = "fi"',
      '[[processors.plain_plugn]]',
    ].join('\n');
    expect(problems(text)).toEqual([
      'x.conf:2: option "coalesce" must be at most 1ms, but is "2ms"',
      'x.conf:3: option "validate" must be "head" or "full", but is "ful"; did you mean "full"?',
      'x.conf:4: option "endpoint" is missing, e.g. endpoint = "http://127.0.0.1:9000"',
      'x.conf:5: unknown option "endpont"; did you mean "endpoint"?',
      'x.conf:6: option "timeout" must be a duration such as "250ms", "10s" or "1h30m", but is "5 minutes"',
      'x.conf:7: option "spool_size" must be at most 1GiB, but is "2GiB"',
      'x.conf:8: option "retries" must be a whole number, but is 3.5',
      'x.conf:9: option "verify" must be true or false, but is "yes"',
      'x.conf:10: option "tags" has the same item twice: "a"',
      'x.conf:12: option "lines" must be at least 1, but is 0',
      'x.conf:13: option "tag" is missing, e.g. tag = "host"',
      'x.conf:14: option "kind" must be "vm" or "if", but is "fi"; did you mean "if"?',
      'x.conf:15: unknown plugin "plain_plugn"; did you mean "plain_plugin"?',
    ]);
  });

  test('values', () => {
    const check = (line: string, expected: string) => expect(problems(FULL + line)).toEqual([`x.conf:3: ${expected}`]);

    check('timeout = "5ms"', 'option "timeout" must be at least 10ms, but is "5ms"');
    check('timeout = -1', 'option "timeout" must be at least 10ms, but is -1');
    check('timeout = true', 'option "timeout" must be a duration such as "250ms", "10s" or "1h30m", but is true');
    check('grace = "-1s"', 'option "grace" must be at least 0s, but is "-1s"');
    check(
      'spool_size = "64kb"',
      'option "spool_size" must be a size such as "512KiB", "64MiB" or "1GB", but is "64kb"',
    );
    check('mode = 1979-05-27', 'option "mode" must be a string in quotes, but is a date');
    check('retries = 9223372036854775807', 'option "retries" must be a whole number, but is 9223372036854775807');
    check('ratio = nan', 'option "ratio" must be a number, but is NaN');
    check('ratio = 0', 'option "ratio" must be more than 0, but is 0');
    check('tags = "a"', 'option "tags" must be a list in [ and ], but is "a"');
    check('tags = ["a", ""]', 'item 2 of option "tags" must not be empty, but is ""');
    check('key = { tag = "a" }', 'option "key" must be a list of tables, written with [[ and ]], but is a table');
    check('labels = { a = 1 }', 'option "a" must be a string in quotes, but is 1');
    check('alias = "a\\nb"', 'option "alias" must match ^[^\\u0000-\\u001f\\u007f]+$, but is "a\\nb"');
    check('namepass = ["cpu", "[a"]', 'item 2 of option "namepass" is no glob: "[" has no "]" in "[a"');
    check('tagpass = { host = ["{a"] }', 'item 1 of option "host" is no glob: "{" has no "}" in "{a"');
    check('tagpass = { host = "a" }', 'option "host" must be a list in [ and ], but is "a"');
    check(
      'token_file = "/no"',
      `option "token_file" names a file that cannot be read: ENOENT: no such file or directory, open '/no'`,
    );
    check('endpoint = "b"', 'Defining a key multiple times is invalid (column 1)');
    check('toString = 1', 'unknown option "toString"');
    check('__proto__ = 1', 'unknown option "__proto__"');
  });

  test('relations between options', () => {
    const late = '  [processors.full_plugin.limits]\n  age = "2m"';
    expect(problems(FULL + late)).toEqual(['x.conf:4: option "limits.age": must not exceed timeout']);
    expect(problems(`${FULL}timeout = "5s"`)).toEqual(['x.conf:1: option "limits.age": must not exceed timeout']);
  });

  test('variables', () => {
    const check = (value: string, expected: string) =>
      expect(problems(`[[processors.full_plugin]]\nendpoint = '${value}'`)).toEqual([`x.conf:2: ${expected}`]);
    check('${NO}', 'environment variable "NO" is not set; set it or write ${NO:-default}');
    check('${NO:?ask ops}', 'environment variable "NO" is not set: ask ops');
    check('${1}', 'cannot read "${1}"; write ${VAR}, ${VAR:-default} or ${VAR:?message}, and $${ for a literal ${');
  });

  test('tables', () => {
    const check = (text: string, expected: string[], plugin?: string) =>
      expect(problems(text, plugin === undefined ? {} : { plugin })).toEqual(expected);

    const known = 'here are [process], [[inputs.*]], [[processors.*]] and [[outputs.*]]';
    check('', ['x.conf: no stage is configured; write [[processors.<plugin>]] or the like']);
    check('[agent]', [`x.conf:1: unknown table "agent"; ${known}`]);
    check('[[processor.plain_plugin]]\n[[processors.plain_plugin]]', [
      'x.conf:1: unknown table "processor"; did you mean "processors"?',
    ]);
    check(`interval = 1\n${FULL}`, [`x.conf:1: option "interval" stands outside of a table; ${known}`]);
    check('[processors.plain_plugin]', ['x.conf:1: write [[processors.plain_plugin]] with two brackets']);
    check(
      '[[inputs.plain_plugin]]',
      ['x.conf:1: "plain_plugin" is no input; write [[processors.plain_plugin]]'],
      'plain_plugin',
    );
    check(
      '[[processors.plain_plugin]]\n[[processors.plain_plugin]]',
      ['x.conf:2: "plain_plugin" stands here a second time; several stages in one process need "crosslayer chain"'],
      'plain_plugin',
    );
    check(
      `[[processors.plain_plugin]]\n${FULL}`,
      [
        'x.conf:2: [[processors.full_plugin]] is another plugin\'s table: this process runs "plain_plugin" alone; several stages in one process need "crosslayer chain"',
      ],
      'plain_plugin',
    );
    check('[[processors.plain_plugin]]\nalias = "a"\n[[outputs.dummy_output]]\nalias = "a"', [
      'x.conf:3: alias "a" is given to two stages; logs and statistics could not tell them apart',
    ]);
    check('a =', ['x.conf:1: Unspecified values are invalid (column 4)']);
  });
});
