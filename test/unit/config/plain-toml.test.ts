import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlainToml } from '../../../shared/config/plain-toml.ts';
import { readToml, TomlSyntaxError } from '../../../shared/config/toml-document.ts';
import type { TomlValue } from '../../../shared/config/toml-table.ts';

/** Every value with the way to it, in the order of the tables' keys. */
function listed(value: TomlValue, path: readonly string[] = []): unknown[] {
  if (typeof value !== 'object' || value instanceof Date) return [[path, value]];
  const items = Object.entries(value).flatMap(([key, item]) => listed(item, [...path, key]));
  return [[path, Array.isArray(value) ? 'list' : 'table'], ...items];
}

/** Where the plain reader gives a document, the other gives the same. Tells whether it did. */
function agrees(text: string): boolean {
  const plain = readPlainToml(text);
  if (plain === undefined) return false;
  expect(listed(plain.root), text).toStrictEqual(listed(readToml(text).root));
  return true;
}

const TEN_LINES = `[[processors.topology_tagger]]
  node = "node-1"  # ours
  tags = ["vm_id", 'vm_name',
    "project_id", ]
  grace = 1.5e3
  [[processors.topology_tagger.key]]
    tag = "type_instance"
  [[processors.topology_tagger.key]]
    tag = "\${HOME}/ä"
    order = 1_000
    required = true
[process]
coalesce.a."b.c" = -0
`;

test('what most files consist of is plain, with any end of lines', () => {
  expect(agrees(TEN_LINES)).toBe(true);
  expect(agrees(TEN_LINES.replaceAll('\n', '\r\n'))).toBe(true);
  expect(agrees('')).toBe(true);
  expect(agrees('# a = {\n  ## "\\e"\na = "${B}"')).toBe(true);
});

test('what TOML 1.1 allows, what is wrong and what no double holds is left to the other', () => {
  const left = (text: string) => expect(readPlainToml(text), text).toBe(undefined);
  left('a = { b = 1,\n }');
  left('a = "\\e"');
  left('a = [\n{ b = 1, } ]');
  left('a = "\u2028# \\e"');
  left('a = "\\x41"');
  left('a = """\r\nb\r\n"""');
  left("a = '''b'''");
  left('a = 07:32');
  left('a = 1979-05-27T07:32:00Z');
  left('a = 9007199254740993');
  left('a = 0xffffffffffffffffff');
  left('a = "x\u0000y"');
  left('a = 1\r');
  left('a = 1\na = 2');
  left('[a]\nb = 1\n[a]');
  left('__proto__ = 1');
  left('a = ');
});

test('where stages of two plugins may stand between each other, the order is not known', () => {
  expect(readPlainToml('[[p.a]]\n[[p.a]]\n[[o.b]]')).toBeDefined();
  expect(readPlainToml('[[p.b]]\n[[p.a]]')).toBeDefined();
  expect(readPlainToml('[[p.a]]\n[[p.b]]\n[[p.a]]')).toBe(undefined);
});

const key = fc.constantFrom('a', 'b', 'a.b', 'b.c', '"a"', "'b.c'", '1', 'a . c', 'ä', '""', 'x-y_1', '__proto__', '');
const value = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
  fc.double().map(String),
  fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 5, unit: 'grapheme' }).map((text) => `'${text}'`),
  fc.string({ maxLength: 5 }).map((text) => `"""\n${text}"""`),
  fc.string({ maxLength: 5 }).map((text) => `'''${text}'''`),
  fc.string({ maxLength: 6, unit: fc.constantFrom(...'0123456789abcdefxo+-_.eE:TZ ') }),
  fc.constantFrom(
    ...['true', 'false', 'inf', '-inf', '+nan', '-0', '+0.0', '1_0', '0x1F', '0o17', '0b11', '1e5', '01', '1.', '.5'],
    ...[
      '1979-05-27',
      '07:32:00',
      '07:32',
      '[]',
      '[1, "a", [true]]',
      '[1,\n 2, # x\n]',
      '[,]',
      '{}',
      '{ a = 1 }',
      '{ a = 1, }',
    ],
    ...['"\\u00e4"', '"\\e"', '"${A}"', '"{"', 'truer', 'x', ''],
  ),
);
const line = fc.oneof(
  fc.tuple(key, value).map(([name, given]) => `${name} = ${given}`),
  key.map((name) => `[${name}]`),
  key.map((name) => `[[${name}]]`),
  fc.constantFrom(
    '',
    '  # a comment',
    '\t',
    '#\u007f',
    '= 1',
    'a',
    '# {',
    '\ta = "\\\\e"',
    '{ a = 1, }]',
    'a = [',
    'a = "\u2028# \\\\e"',
    '[a',
    '[[a]',
    'a = 1 b = 2',
    'a = "x" # y',
  ),
);
const document = fc.tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'));

test('of generated documents both give the same, or only one gives any', () => {
  let plain = 0;
  let right = 0;
  fc.assert(
    fc.property(document, ([lines, end]) => {
      const text = lines.join(end);
      if (agrees(text)) plain += 1;
      try {
        readToml(text);
        right += 1;
      } catch (error) {
        if (!(error instanceof TomlSyntaxError)) throw error;
      }
    }),
    { numRuns: 5000 },
  );
  expect(plain / right).toBeGreaterThan(0.5);
});

test('whatever is changed in a plain document', () => {
  const put = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('\n', '"', "'", '"""', '[', ']', '[[', '.', '=', '#', ','),
  );
  fc.assert(
    fc.property(fc.nat(TEN_LINES.length), fc.nat(4), put, (at, gone, text) => {
      agrees(TEN_LINES.slice(0, at) + text + TEN_LINES.slice(at + gone));
    }),
    { numRuns: 3000 },
  );
});
