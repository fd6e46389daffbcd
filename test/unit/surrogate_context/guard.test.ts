import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claimed, TagGuard } from '../../../plugins/surrogate_context/guard.ts';
import { toByteString } from '../../../shared/line-protocol/byte-string.ts';
import { FakeNames } from '../../support/fake-line.ts';
import { FakeLine } from './fake-line.ts';

/** Guards `name` in the line once and a second time, which must change nothing. Gives the tags, and the claims told of. */
function guarded(
  claimed: Claimed,
  tags: string,
  value: string | undefined,
  name = 'sf_pack',
): [tags: string, claims: string[]] {
  const told: string[] = [];
  const guard = new TagGuard(name, new FakeNames(), claimed, (_line, tag, claim, deed) =>
    told.push(`${tag}=${claim} ${deed}`),
  );
  const ours = value === undefined ? undefined : toByteString(value);
  const line = new FakeLine(`m${tags} v=1`);
  guard.apply(line, ours);
  const claims = [...told];

  const again = new FakeLine(line.text);
  guard.apply(again, ours);
  expect(again.text).toBe(line.text);
  if (claimed === 'replace') expect(told).toEqual(claims);
  return [line.text.slice(1, -' v=1'.length), claims];
}

test('replace: our value stands, whoever wrote what', () => {
  const check = (tags: string, expected: string, ...claims: string[]) =>
    expect(guarded('replace', tags, 'ours')).toEqual([expected, claims]);

  // nothing to protect against
  check('', ',sf_pack=ours');
  check(',a=b', ',a=b,sf_pack=ours');
  check(',sf_pack=ours,a=b', ',sf_pack=ours,a=b');

  // another value, in its place
  check(',sf_pack=evil,a=b', ',sf_pack=ours,a=b', 'sf_pack=evil replaced');

  // twice, even with our value in one of them
  check(',sf_pack=evil,a=b,sf_pack=worse', ',a=b,sf_pack=ours', 'sf_pack=worse replaced');
  check(',sf_pack=evil,sf_pack=ours', ',sf_pack=ours', 'sf_pack=ours replaced');

  // under another name that means the same
  check(',sf_package=evil', ',sf_pack=ours', 'sf_package=evil removed');
  check(',sf_package=ours', ',sf_package=ours,sf_pack=ours');
  check(',sf_package=ours,sf_package=ours', ',sf_pack=ours', 'sf_package=ours removed');

  // what looks as if we had set it aside
  check(',claimed_sf_pack=x', ',sf_pack=ours', 'claimed_sf_pack=x removed');
  check(',claimed_sf_package=x,claimed_sf_package=y', ',sf_pack=ours', 'claimed_sf_package=y removed');
});

test('replace: where no source has a value nobody else may say it', () => {
  const check = (tags: string, expected: string, ...claims: string[]) =>
    expect(guarded('replace', tags, undefined)).toEqual([expected, claims]);

  check(',a=b', ',a=b');
  check(',sf_pack=evil,a=b', ',a=b', 'sf_pack=evil removed');
  check(',sf_package=evil', '', 'sf_package=evil removed');
});

test('keep: the line is left as it is, and counted', () => {
  const check = (tags: string, value: string | undefined, expected: string, ...claims: string[]) =>
    expect(guarded('keep', tags, value)).toEqual([expected, claims]);

  check('', 'ours', ',sf_pack=ours');
  check(',sf_pack=ours', 'ours', ',sf_pack=ours');
  check(',sf_pack=evil', 'ours', ',sf_pack=evil', 'sf_pack=evil kept');
  check(',sf_package=evil', 'ours', ',sf_package=evil', 'sf_package=evil kept');
  check(',sf_pack=evil', undefined, ',sf_pack=evil', 'sf_pack=evil kept');
  check('', undefined, '');
});

test('set_aside: what was claimed stays to be seen, under a name that nobody trusts', () => {
  const check = (tags: string, value: string | undefined, expected: string, ...claims: string[]) =>
    expect(guarded('set_aside', tags, value)).toEqual([expected, claims]);

  check('', 'ours', ',sf_pack=ours');
  check(',sf_pack=ours', 'ours', ',sf_pack=ours');
  check(',sf_pack=evil,a=b', 'ours', ',claimed_sf_pack=evil,a=b,sf_pack=ours', 'sf_pack=evil set aside');
  check(',sf_pack=evil', undefined, ',claimed_sf_pack=evil', 'sf_pack=evil set aside');
  check(',sf_pack=a,sf_pack=b', 'ours', ',claimed_sf_pack=b,sf_pack=ours', 'sf_pack=b set aside');
  check(',sf_package=evil', 'ours', ',claimed_sf_package=evil,sf_pack=ours', 'sf_package=evil set aside');

  // a guest cannot pretend that we had set something aside
  check(',claimed_sf_pack=x', 'ours', ',sf_pack=ours', 'claimed_sf_pack=x removed');
  check(',claimed_sf_pack=x,sf_pack=evil', 'ours', ',claimed_sf_pack=evil,sf_pack=ours', 'sf_pack=evil set aside');

  // what an earlier run set aside stays
  check(',claimed_sf_pack=x,sf_pack=ours', 'ours', ',claimed_sf_pack=x,sf_pack=ours');
});

test('tags of similar names are not ours', () => {
  expect(guarded('replace', ',sf_pack2=x,claimed_sfc=y,SF_PACK=z', 'ours')).toEqual([
    ',sf_pack2=x,claimed_sfc=y,SF_PACK=z,sf_pack=ours',
    [],
  ]);
});

describe('whatever a line brings', () => {
  const tag = fc.tuple(
    fc.constantFrom('sf_pack', 'sf_package', 'claimed_sf_pack', 'claimed_sf_package', 'host'),
    fc.constantFrom('ours', 'evil', 'x'),
  );
  const tags = fc.array(tag, { maxLength: 7 }).map((all) => all.map(([key, value]) => `,${key}=${value}`).join(''));
  const value = fc.constantFrom('ours', undefined);
  const valuesOf = (text: string, key: string) =>
    [...text.matchAll(new RegExp(`,${key}=([^,]*)`, 'g'))].map(([, found]) => found);

  test('replace: only our value stands, once', () => {
    fc.assert(
      fc.property(tags, value, (text, ours) => {
        const [after] = guarded('replace', text, ours);
        expect(valuesOf(after, 'sf_pack')).toEqual(ours === undefined ? [] : [ours]);
        for (const alias of valuesOf(after, 'sf_package')) expect(alias).toBe(ours);
        expect(after).not.toContain('claimed_');
        expect(valuesOf(after, 'host')).toEqual(valuesOf(text, 'host'));
      }),
    );
  });

  test('set_aside: only our value stands under the names that are trusted', () => {
    fc.assert(
      fc.property(tags, value, (text, ours) => {
        const [after] = guarded('set_aside', text, ours);
        expect(valuesOf(after, 'sf_pack')).toEqual(ours === undefined ? [] : [ours]);
        for (const alias of valuesOf(after, 'sf_package')) expect(alias).toBe(ours);
        expect(valuesOf(after, 'host')).toEqual(valuesOf(text, 'host'));
      }),
    );
  });

  test('keep: nothing that stands there changes', () => {
    fc.assert(
      fc.property(tags, value, (text, ours) => {
        const [after] = guarded('keep', text, ours);
        expect(after.startsWith(text)).toBe(true);
      }),
    );
  });
});
