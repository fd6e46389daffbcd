import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { FieldValue, LineView } from '../../../shared/line-protocol/line-view.ts';
import { LinePipeline } from '../../support/line-pipeline.ts';

type Edit = (line: LineView) => void;

const pipeline = new LinePipeline();
const host = pipeline.names.of('host');

/** Runs the input through a pipeline whose stages do these edits, of which none may throw. */
function through(input: string, ...edits: readonly Edit[]): string {
  const written = pipeline.run(input, ...edits);
  if (pipeline.thrown.length > 0) throw pipeline.thrown[0];
  return written;
}

const set =
  (key: string, text: string): Edit =>
  (line) =>
    line.setField(toByteString(key), toByteString(text));
const add =
  (key: string, text: string): Edit =>
  (line) =>
    line.addField(toByteString(key), toByteString(text));
const remove =
  (key: string, removed = true): Edit =>
  (line) =>
    expect(line.removeField(toByteString(key))).toBe(removed);
const inTurn =
  (...edits: readonly Edit[]): Edit =>
  (line) => {
    for (const edit of edits) edit(line);
  };

/** The line after the edits, by one stage and by one stage for each; both must write the same. */
function edited(record: string, ...edits: readonly Edit[]): string {
  const written = through(`${record}\n`, inTurn(...edits));
  expect(through(`${record}\n`, ...edits)).toBe(written);
  expect(written.at(-1)).toBe('\n');
  return written.slice(0, -1);
}

describe('setField', () => {
  const check = (record: string, expected: string) => expect(edited(record, set('a', '9'))).toBe(expected);

  test('replaces the value at its place, or adds the field', () => {
    check('m a=1', 'm a=9');
    check('m a=1,b=2 5', 'm a=9,b=2 5');
    check('m b=2,a=1,c=3 5', 'm b=2,a=9,c=3 5');
    check('m b=2,a="x" 5', 'm b=2,a=9 5');
    check('m b=2 5', 'm b=2,a=9 5');
    check('m ab=2,b.a=3,A=4', 'm ab=2,b.a=3,A=4,a=9');
  });

  test('the value that stands there is left as it is written', () => {
    check('m b=1.0,a=9,c=007i  5', 'm b=1.0,a=9,c=007i  5');
    check('m b=1.0,a=9.0,c=007i  5', 'm b=1.0,a=9,c=007i  5');
  });

  test('of several the last is replaced, and the others go', () => {
    check('m a=1,b=2,a=3,c=4 5', 'm b=2,a=9,c=4 5');
    check('m a=1,a=2,a=3', 'm a=9');
    // also when it has the value already
    check('m a=1,b=2,a=9 5', 'm b=2,a=9 5');
    check('m a=9,a=9 5', 'm a=9 5');
  });

  test('strings keep commas, blanks, newlines, quotes and digits at their end', () => {
    check('m s="x,a=1 5",a=1 5', 'm s="x,a=1 5",a=9 5');
    check('m a=1,s="x\ny=2\r\n\\" 7" 5', 'm a=9,s="x\ny=2\r\n\\" 7" 5');
    check('m a="x\ny, z \\\\",s="1" 5', 'm a=9,s="1" 5');
    check('m a="x 5"', 'm a=9');
    check('m s="x 5"', 'm s="x 5",a=9');
    check('m,t=a=1 s=""', 'm,t=a=1 s=""');
    check('m s="\xff\x00" 5', 'm s="\xff\x00",a=9 5');
  });

  test('keys are compared unescaped and written escaped', () => {
    expect(edited('m a\\ b=1,c\\,d=2,e\\=f=3 5', set('a b', '7'), set('c,d', '8'), set('e=f', '9'))).toBe(
      'm a\\ b=7,c\\,d=8,e\\=f=9 5',
    );
    expect(edited('m v=1', set('a b', '7'), set('c,d=', '8'), set('é', '9'))).toBe(
      'm v=1,a\\ b=7,c\\,d\\==8,\xc3\xa9=9',
    );
    expect(edited('m a\\b=1', set('a\\b', '7'))).toBe('m a\\b=7');
  });

  test('what surrounds the field set stays: blanks, CR, time, tags, other lines', () => {
    check(' \t m a=1 5', ' \t m a=9 5');
    check('m,t=\\ x \t a=1 \t 5 \t ', 'm,t=\\ x \t a=9 \t 5 \t ');
    check('m a=1 5\r', 'm a=9 5\r');
    check('m a=1\r', 'm a=9\r');
    check('m b=1\r', 'm b=1,a=9\r');
    check('m a=1 \r', 'm a=9 \r');
    check('m a=1 -5', 'm a=9 -5');
    check('m a=1 0000000000000000000000005', 'm a=9 0000000000000000000000005');
    const input = '# c\n\nm b=1,a=2 1\r\n  m a=1\n\r\nx a=9 2\n#\ny q=1\n\n';
    expect(through(input, set('a', '9'))).toBe('# c\n\nm b=1,a=9 1\r\n  m a=9\n\r\nx a=9 2\n#\ny q=1,a=9\n\n');
    // the last line without its newline
    expect(through('m a=1', set('a', '9'))).toBe('m a=9\n');
  });

  test('together with tags', () => {
    const tag =
      (value: string): Edit =>
      (line) =>
        line.setTag(host, toByteString(value));
    expect(edited(' m,host=x,z=1  a=1,b=2 5', tag('y'), set('a', '9'))).toBe(' m,host=y,z=1  a=9,b=2 5');
    expect(edited('m  a=1,b=2\r', set('a', '9'), tag('y'))).toBe('m,host=y  a=9,b=2\r');
    expect(edited('m,host=x a=1,b=2', tag(''), remove('b'))).toBe('m a=1');
  });

  test('each line by itself, whatever was decided for its like', () => {
    const input = 'm,host=x a=1 1\nm,host=x a=2,b=1 2\nm,host=x b=1 3\nm,host=x a=9 4\nm,host=x a=1 1\n';
    expect(through(input, set('a', '9'))).toBe(
      'm,host=x a=9 1\nm,host=x a=9,b=1 2\nm,host=x b=1,a=9 3\nm,host=x a=9 4\nm,host=x a=9 1\n',
    );
  });
});

describe('removeField', () => {
  test('takes the field away with one comma', () => {
    const check = (record: string, expected: string) => expect(edited(record, remove('a'))).toBe(expected);
    check('m a=1,b=2 5', 'm b=2 5');
    check('m b=2,a=1 5', 'm b=2 5');
    check('m b=2,a="x\n,y 7",c=3\r', 'm b=2,c=3\r');
    check('m b="x\n,a=1 7",a=3', 'm b="x\n,a=1 7"');
    check('m a=1,b=2,a=3', 'm b=2');
    check(' m b=2,a\\ =1  5', ' m b=2,a\\ =1  5');
    check('m b=2.0 5', 'm b=2.0 5');
  });

  test('the last field stays', () => {
    expect(edited('m a=1 5', remove('a', false))).toBe('m a=1 5');
    expect(edited('m a=1,a=2', remove('a', false))).toBe('m a=1,a=2');
    expect(edited('m a=1,b=2', remove('a'), remove('b', false))).toBe('m b=2');
    expect(edited('m a=1', remove('b'))).toBe('m a=1');
    // beside one that a stage has added it can go
    expect(edited('m a=1', add('b', '2'), remove('a'), remove('b', false))).toBe('m b=2');
    expect(edited('m a=1', set('b', '2'), remove('a'))).toBe('m b=2');
  });
});

describe('addField, setField and removeField together', () => {
  test('come out as if each had been done to what the one before wrote', () => {
    const check = (expected: string, ...edits: readonly Edit[]) =>
      expect(edited('m a=1,b=2 5', ...edits)).toBe(expected);
    check('m a=1,b=2,c=3 5', add('c', '3'), add('c', '4'), add('a', '5'));
    check('m a=9,b=2,c=3 5', add('c', '3'), set('a', '9'));
    check('m a=9,b=2,c=3 5', set('a', '9'), add('c', '3'));
    check('m a=1,b=2,c=4 5', add('c', '3'), set('c', '4'));
    check('m a=1,b=2,c=4 5', set('c', '3'), set('c', '4'));
    check('m a=1,b=2 5', add('c', '3'), remove('c'));
    check('m a=1,b=2 5', set('a', '9'), set('a', '1'));
    check('m b=2,a=9 5', remove('a'), add('a', '9'));
    check('m b=2,a=9 5', remove('a'), set('a', '9'));
    check('m c=3 5', add('c', '3'), remove('a'), remove('b'), remove('c', false));
  });

  test('field gives what stands there now', () => {
    const check = (expected: FieldValue | undefined, ...edits: readonly Edit[]) => {
      let value: FieldValue | undefined;
      const ask: Edit = (line) => {
        value = line.field(toByteString('a'));
      };
      edited('m a=1,b=2,a=3', ...edits, ask);
      expect(value).toEqual(expected);
    };
    check({ kind: 'float', value: 3 });
    check({ kind: 'float', value: 3 }, add('a', '5'));
    check({ kind: 'float', value: -2.5 }, set('a', '-2.5'));
    check({ kind: 'integer', value: -9223372036854775808n }, set('a', '-9223372036854775808i'));
    check({ kind: 'unsigned', value: 18446744073709551615n }, set('a', '18446744073709551615u'));
    check({ kind: 'boolean', value: true }, set('a', 'true'));
    check({ kind: 'boolean', value: false }, set('a', 'F'));
    check({ kind: 'string', value: toByteString('x, "y"\\ i') }, set('a', '"x, \\"y\\"\\\\ i"'));
    check(undefined, remove('a'));
    check({ kind: 'float', value: 7 }, remove('a'), add('a', '7'));
  });
});

test('a malformed field set or time stays as it is', () => {
  for (const record of [
    'm a=1,b=x 5',
    'm a=1,b=',
    'm a=1,b',
    'm a=1,',
    'm b=x,a=1',
    'm a=1,b="x"y 5',
    'm a=1 5x',
    'm a=1 5 6',
    'm a=1 b=2',
    'm a=1,b=9223372036854775808i 5',
    'm a=1 9223372036854775808',
    'm a=1,b=2\r 5',
    'm',
    'm ',
    'm,host=x =1',
  ]) {
    expect(edited(record, set('a', '9'))).toBe(record);
    expect(edited(record, set('c', '9'))).toBe(record);
    expect(edited(record, add('c', '9'))).toBe(record);
    expect(edited(record, remove('a', false))).toBe(record);
    expect(edited(record, add('c', '9'), remove('a', false), set('c', '8'))).toBe(record);
  }
  // the lines around it are not concerned
  expect(through('m a=1 1\nm a=x 2\nm a=1 3\n', set('a', '9'))).toBe('m a=9 1\nm a=x 2\nm a=9 3\n');
  expect(through('m a=1 1\nm a=1,s="open 5\nm a=1 3', set('a', '9'))).toBe('m a=9 1\nm a=1,s="open 5\nm a=9 3\n');
});

test('after a stage that threw, the line is as if it had not been there', () => {
  const failing: Edit = (line) => {
    line.setField(toByteString('a'), toByteString('7'));
    line.removeField(toByteString('b'));
    throw new Error('bug');
  };
  expect(pipeline.run('m a=1,b=2 5\n', failing, set('c', '3'))).toBe('m a=1,b=2,c=3 5\n');
});

test('a line with too many fields to read stays as it is', () => {
  const fields = Array.from({ length: 4097 }, (_, i) => `f${i}=1`).join(',');
  expect(edited(`m ${fields}`, set('f1', '9'), add('g', '1'), remove('f2', false))).toBe(`m ${fields}`);
  const fewer = fields.slice(0, fields.lastIndexOf(','));
  expect(edited(`m ${fewer}`, set('f0', '9'))).toBe(`m ${fewer.replace('f0=1', 'f0=9')}`);
});

test('a field set as long as the limit is written anew; what stages write has a limit of its own', () => {
  const string = (length: number) => `s="${'x,\n'.repeat(length / 3)}"`;
  for (const size of [130_900, 1_200_000, 4_194_000]) {
    const [before, after] = [`m a=1,${string(size)},b=2 5`, `m a=9,${string(size)},c=3 5`];
    expect(edited(before, set('a', '9'), remove('b'), add('c', '3')) === after, `${size} bytes`).toBe(true);
  }
  // over the limit of a line: too long, and passed on as it came
  const tooLong = `m a=1,${string(5_000_000)},b=2 5\n`;
  expect(through(tooLong, set('a', '9')) === tooLong).toBe(true);
  const long = `"${'y'.repeat(70_000)}"`;
  expect(edited('m a=1,b=2 5', set('a', long), set('b', long))).toBe(`m a=${long},b=2 5`);
  expect(edited('m a=1,b=2 5', set('a', long), add('c', long), add('d', '3'))).toBe(`m a=${long},b=2,d=3 5`);
});

test('there is room for many long lines in one batch', () => {
  // the open quote is given up at the end, so that all lines behind it are read at once
  const lines = (a: number) => `m a=${a},${'k'.repeat(120_000)}=1 5\n`.repeat(12);
  expect(through(`m s="open\n${lines(1)}`.slice(0, -1), set('a', '9')) === `m s="open\n${lines(9)}`).toBe(true);
});

test('whatever a line and a stage bring, it is as a plain list of fields would have it', () => {
  fc.assert(
    fc.property(record, fc.array(edit, { minLength: 1, maxLength: 6 }), ({ before, fields, after }, edits) => {
      const written = fields.map(([key, value]) => [key, value] as [string, string]);
      const steps = edits.map((step) => planned(written, step));
      const line = (all: readonly (readonly [string, string])[]) =>
        before + all.map(([key, value]) => `${key}=${value}`).join(',') + after;
      expect(edited(line(fields), ...steps)).toBe(line(written));
    }),
    { numRuns: 2000 },
  );
});

interface FieldEdit {
  readonly what: 'set' | 'add' | 'remove';
  readonly key: string;
  readonly value: string;
}

/** Does the edit to a list of raw fields, and gives it for a line. */
function planned(fields: [key: string, value: string][], { what, key, value }: FieldEdit): Edit {
  const isKey = ([each]: readonly [string, string]) => each.replace(/\\([ ,=])/g, '$1') === key;
  const escaped = key.replace(/[ ,=]/g, '\\$&');
  const last = fields.findLast(isKey);
  if (what === 'add') {
    if (!last) fields.push([escaped, value]);
    return add(key, value);
  }
  if (what === 'set') {
    if (!last) fields.push([escaped, value]);
    else last.splice(0, 2, escaped, value);
    removeFrom(fields, (field) => field !== last && isKey(field) && last !== undefined);
    return set(key, value);
  }
  const removes = fields.some((field) => !isKey(field));
  if (removes) removeFrom(fields, isKey);
  return remove(key, removes);
}

function removeFrom<T>(list: T[], unwanted: (item: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((item) => !unwanted(item)));
}

const value = fc.constantFrom('1', '1.0', '-7i', '3u', 'true', '""', '"1 5"', '"a,b=1\n c \\" x"', '"\\\\"');
const edit: fc.Arbitrary<FieldEdit> = fc.record({
  what: fc.constantFrom('set', 'add', 'remove'),
  key: fc.constantFrom('a', 'b', 'a b', 'x=y', 'new'),
  value,
});
const record = fc.record({
  before: fc.constantFrom('m ', ' m,host=x ', '\tm\\ x,host=a\\ b,t=1\t ', 'm,a=1  '),
  fields: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'a\\ b', 'x\\=y', 'o\\,p'), value), {
    minLength: 1,
    maxLength: 6,
  }),
  after: fc.constantFrom('', ' 5', '  -17', '\r', ' 5\r', ' ', ' 1795245720000000000 \t'),
});
