import { expect, test } from 'vitest';
import { type ContextFile, readContextFile } from '../../../plugins/surrogate_context/context-file.ts';
import { ConfigError } from '../../../shared/config/errors.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';

function parseContextFile(fileName: string, text: string): ContextFile {
  const slices = readContextFile(fileName, text);
  let slice = slices.next();
  while (!slice.done) slice = slices.next();
  return slice.value;
}

function problemsOf(text: string): readonly string[] {
  try {
    parseContextFile('context.toml', text);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

const sfcOf = (text: string, tags: Record<string, string>) => {
  const { table } = parseContextFile('context.toml', text);
  return Object.fromEntries(
    table.select((tag) => (tags[tag] === undefined ? undefined : toByteString(tags[tag]))).tags,
  );
};

test('one context for all lines', () => {
  expect(sfcOf('sfc = "media_dash"\nlocation = "uk.bristol"\n', {})).toEqual({
    sfc: 'media_dash',
    location: 'uk.bristol',
  });
  expect(sfcOf('', {})).toEqual({});
});

test('many contexts, selected by tags', () => {
  const text = `
server = "compute01"
[[context]]
  match = { vm_id = "1", network_id = ["a", "b"] }
  sfc = "one"
[[context]]
  match.vm_id = ["1", "2"]
  sfc = "two"
  server = "compute02"
[[context]]
  sfc = "rest"
`;
  expect(sfcOf(text, { vm_id: '1', network_id: 'b' })).toEqual({ sfc: 'one', server: 'compute01' });
  expect(sfcOf(text, { vm_id: '1' })).toEqual({ sfc: 'two', server: 'compute02' });
  expect(sfcOf(text, {})).toEqual({ sfc: 'rest', server: 'compute01' });
});

test('coordinates are numbers', () => {
  const { table } = parseContextFile('context.toml', 'loc_long = -0.778276\nloc_lat = 50\n');
  expect([...table.select(() => undefined).fields]).toEqual([
    ['loc_long', '-0.778276'],
    ['loc_lat', '50'],
  ]);
});

test('values are cleaned and counted', () => {
  const { table, cleaned } = parseContextFile('context.toml', 'sfc = "a\\nb"\nsfc_i = "c\\\\"\nserver = "d"\n');
  expect(cleaned).toBe(2);
  expect(Object.fromEntries(table.select(() => undefined).tags)).toEqual({ sfc: 'ab', sfc_i: 'c', server: 'd' });
});

test('every mistake with its line', () => {
  const check = (text: string, ...expected: string[]) => expect(problemsOf(text)).toEqual(expected);

  check('sfc_1 = "a"', 'context.toml:1: unknown context "sfc_1"; did you mean "sfc_i"?');
  check('sf_package = "a"', 'context.toml:1: unknown context "sf_package"; did you mean "sf_pack"?');
  check('\nsfc = 7', 'context.toml:2: "sfc" is a text, not 7');
  check('sfc = "\\n"', 'context.toml:1: "sfc" has no visible character: "\\n"');
  check('loc_lat = "50"', 'context.toml:1: "loc_lat" is a number of decimal degrees, not "50"');
  check('loc_lat = nan', 'context.toml:1: "loc_lat" is a number of decimal degrees, not NaN');
  check('[context]\nsfc = "a"', 'context.toml:1: "context" is a list of tables: write [[context]]');
  check('context = [1]', 'context.toml:1: "context" is a list of tables, not of 1: write [[context]]');
  check(
    '[[context]]\nmatch = "vm"\nsfc = "a"',
    'context.toml:2: "match" names tags and their values, e.g. match = { vm_id = "…" }, not "vm"',
  );
  check(
    '[[context]]\nsfc = "a"\n[[context]]\nmatch = { vm_id = 7, host = [""] }',
    'context.toml:4: tag "vm_id" is matched with texts, not with 7',
    'context.toml:4: tag "host" is matched with texts, not with ""',
  );
  check(
    'sfc_x = "a"\n[[context]]\nmach = { vm_id = "1" }\nsfc = true\n',
    'context.toml:1: unknown context "sfc_x"; did you mean "sfc_i"?',
    'context.toml:3: unknown context "mach"; did you mean "match"?',
    'context.toml:4: "sfc" is a text, not true',
  );
  expect(problemsOf('sfc = "a"\nsfc = "b"\n')[0]).toMatch(/^context\.toml:2: /);
});

test('lists that multiply beyond reason are refused', () => {
  const list = (tag: string) => `${tag} = [${Array.from({ length: 100 }, (_, i) => `"${i}"`).join()}]`;
  expect(problemsOf(`[[context]]\nmatch = { ${['a', 'b', 'c'].map(list).join(', ')} }\nsfc = "x"\n`)).toEqual([
    'context.toml:2: the lists in "match" up to here make more than 200000 combinations; match fewer values',
  ]);
});

test('a long file is read in slices, with the same result and the same lines', () => {
  const entry = (i: number) => `[[context]]\n  match = { vm_id = "${i}" }\n  sfc = "${i}"\n`;
  const entries = (count: number) => Array.from({ length: count }, (_, i) => entry(i)).join('');
  const long = `server = "a"\n${entries(5000)}`;
  expect([...readContextFile('context.toml', long)].length).toBeGreaterThan(10);
  expect(sfcOf(long, { vm_id: '4999' })).toEqual({ sfc: '4999', server: 'a' });
  expect(sfcOf(`${long}${entry(4999).replace('sfc = "4999"', 'sfc = "never"')}`, { vm_id: '4999' }).sfc).toBe('4999');
  expect(problemsOf(`${long}[[context]]\n  sfc = 1\n`)).toEqual(['context.toml:15003: "sfc" is a text, not 1']);
  expect(problemsOf(`${long}[[context]]\n  sfc = one\n`)[0]).toMatch(/^context\.toml:15003: /);

  // a string that looks like a table where the file could be cut
  const odd = `${entries(1000)}[[context]]\n  sfc_i = """\n[[context]]\n"""\n`;
  expect(sfcOf(odd, { vm_id: 'none' })).toEqual({ sfc_i: '[[context]]' });
});
