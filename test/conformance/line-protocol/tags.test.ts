import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { ROW_SIZE, ROWS } from '../../../shared/line-protocol/kernel/layout.ts';
import { createKernel } from '../../../shared/line-protocol/kernel.ts';
import { KernelLine } from '../../../shared/line-protocol/kernel-line.ts';
import { createTagNames } from '../../../shared/line-protocol/tag-names.ts';
import { editTags, type ReferenceTagEdit } from '../../support/reference-line-protocol.ts';

const KEYS = ['a', 'b', 'a b', 'x=y', 'new'];
const VALUES = ['', '1', '2', 'v w', 'p\\q', 'é', 'a,b=c', '"'];

describe('the reference', () => {
  test('replaces in place, at the last occurrence', () => {
    const check = (record: string, edits: ReferenceTagEdit[], expected: string | undefined) =>
      expect(editTags(record, edits)).toBe(expected);

    check('m f=1', [{ set: ['a', '1'] }], 'm,a=1 f=1');
    check('m,b=2 f=1 5', [{ set: ['a', 'x y'] }], 'm,b=2,a=x\\ y f=1 5');
    check('m,a=1,b=2 f=1', [{ set: ['a', '3'] }], 'm,a=3,b=2 f=1');
    check('m,a=1,b=2,a=3,c=4 f=1', [{ set: ['a', '5'] }], 'm,b=2,a=5,c=4 f=1');
    check('m,a=1,b=2,a=3 f=1', [{ set: ['a', '3'] }], 'm,b=2,a=3 f=1');
    check('m,a=\\"q\\ r f=1', [{ set: ['a', '"q r'] }], 'm,a=\\"q\\ r f=1');
    check(' m,a\\ b=1\t f=1  7', [{ set: ['a b', '2'] }], ' m,a\\ b=2\t f=1  7');

    check('m,a=1,b=2 f=1', [{ set: ['a', ''] }], 'm,b=2 f=1');
    check('m,a=1,a=2 f=1', [{ remove: 'a' }], 'm f=1');
    check('m,a=1 f=1', [{ remove: 'b' }], 'm,a=1 f=1');

    check('m,a=1,b=2 f=1', [{ rename: ['a', 'c'] }], 'm,c=1,b=2 f=1');
    check('m,a=1,b=2,a=3 f=1', [{ rename: ['a', 'b'] }], 'm,b=3 f=1');
    check('m,b=2 f=1', [{ rename: ['a', 'b'] }], 'm,b=2 f=1');
    check('m,a=1,a=2 f=1', [{ rename: ['a', 'a'] }], 'm,a=1,a=2 f=1');
    check('m,a\\==x\\ y f=1', [{ rename: ['a=', 'b'] }], 'm,b=x\\ y f=1');

    check('m,a f=1', [{ set: ['b', '1'] }], undefined);
  });
});

test('the line view changes tags as the reference does', () => {
  const kernel = createKernel(65536);
  const names = createTagNames(kernel);
  const nameOf = (key: string) => names.of(key);
  for (const key of KEYS) nameOf(key);
  const line = new KernelLine(kernel);

  const edited = (record: string, edits: readonly ReferenceTagEdit[]): string => {
    kernel.restart();
    const from = kernel.readAt;
    const to = from + kernel.bytes.write(`${record}\n`, from, 'latin1');
    kernel.scan(from, to, 0, 0, 0);
    expect(line.load(0, 0)).toBe(0);
    for (const edit of edits) {
      if ('set' in edit) line.setTag(nameOf(edit.set[0]), toByteString(edit.set[1]));
      else if ('rename' in edit) line.renameTag(nameOf(edit.rename[0]), nameOf(edit.rename[1]));
      else line.removeTag(nameOf(edit.remove));
    }
    const row = (ROWS >> 2) + 0 * ROW_SIZE;
    const head = (kernel.i32[row + 1] ?? 0) - from;
    const headEnd = (kernel.i32[row + 2] ?? 0) - from;
    const newHead = line.headChanged ? line.newHead() : record.slice(head, headEnd) + line.addedTags();
    return record.slice(0, head) + newHead + record.slice(headEnd);
  };

  fc.assert(
    fc.property(record, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
      const bytes = edits.map((one) => asBytes(one));
      expect(edited(text, edits)).toBe(editTags(text, bytes));
    }),
    { numRuns: 3000 },
  );
});

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const edit: fc.Arbitrary<ReferenceTagEdit> = fc.oneof(
  fc.tuple(key, value).map((set) => ({ set })),
  key.map((remove) => ({ remove })),
  fc.tuple(key, key).map((rename) => ({ rename })),
);
const rawTag = fc.tuple(
  fc.constantFrom('a', 'b', 'a\\ b', 'x\\=y', 'other', 'o\\,p'),
  fc.constantFrom('1', '2', 'v\\ w', 'p\\q', '\xff', '\\"q\\ r', 'b\\\\\\,c'),
);
const record = fc
  .tuple(fc.constantFrom('m', ' m', 'm\\ x', 'm\\\\'), fc.array(rawTag, { maxLength: 5 }), fc.constantFrom(' ', '\t'))
  .map(([name, tags, blank]) => `${name}${tags.map(([k, v]) => `,${k}=${v}`).join('')}${blank}f=1 17`);

function asBytes(one: ReferenceTagEdit): ReferenceTagEdit {
  return 'set' in one ? { set: [one.set[0], toByteString(one.set[1])] } : one;
}
