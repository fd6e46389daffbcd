import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claimed } from '../../../plugins/surrogate_context/guard.ts';
import { LocationGuard } from '../../../plugins/surrogate_context/location.ts';
import type { LocationKey } from '../../../plugins/surrogate_context/tag-names.ts';
import { type ByteString, toByteString } from '../../../shared/line-protocol/byte-string.ts';
import type { LineView } from '../../../shared/line-protocol/line-view.ts';
import { LinePipeline } from '../../support/line-pipeline.ts';

const KEPT = 'kept, as it is the only field, or the line is malformed';

const pipeline = new LinePipeline();
const told: string[] = [];
const onClaim = (_line: LineView, key: string, claim: ByteString, deed: string) => told.push(`${key}=${claim} ${deed}`);
const guards: Readonly<Record<Claimed, LocationGuard>> = {
  replace: new LocationGuard(pipeline.names, 'replace', onClaim),
  keep: new LocationGuard(pipeline.names, 'keep', onClaim),
  set_aside: new LocationGuard(pipeline.names, 'set_aside', onClaim),
};

type Ours = Partial<Record<LocationKey, string>>;

/**
 * Guards a line with these fields in the real pipeline: by one stage, by two, and what was written once more, which must all give
 * the same. Gives the fields, and the claims told of.
 */
function guarded(claimed: Claimed, fields: string, ours: Ours): [fields: string, claims: string[]] {
  const values = new Map(Object.entries(ours).map(([key, text]) => [key as LocationKey, toByteString(text)]));
  const stage = (line: LineView) => guards[claimed].apply(line, values);
  told.length = 0;
  const once = pipeline.run(`m ${fields} 5\n`, stage);
  const claims = [...told];
  expect(pipeline.run(`m ${fields} 5\n`, stage, stage)).toBe(once);
  told.length = 0;
  expect(pipeline.run(once, stage)).toBe(once);
  if (claimed !== 'keep') expect(told.filter((text) => !text.endsWith(KEPT))).toEqual([]);
  expect(pipeline.thrown).toEqual([]);
  expect(once.startsWith('m ') && once.endsWith(' 5\n')).toBe(true);
  return [once.slice(2, -3), claims];
}

const LAT: Ours = { loc_lat: '50.5' };
const BOTH: Ours = { loc_long: '-0.75', loc_lat: '50.5' };

describe('replace', () => {
  const check = (ours: Ours, fields: string, expected: string, ...claims: string[]) =>
    expect(guarded('replace', fields, ours)).toEqual([expected, claims]);

  test('our coordinates stand, whoever wrote what', () => {
    // nothing to protect against
    check(BOTH, 'v=1', 'v=1,loc_long=-0.75,loc_lat=50.5');
    check(BOTH, 'loc_lat=50.5,v=1,loc_long=-0.75', 'loc_lat=50.5,v=1,loc_long=-0.75');
    check(BOTH, 'loc_long=-75e-2,v=1.0,loc_lat=50.50', 'loc_long=-0.75,v=1.0,loc_lat=50.5');

    // another value, in its place
    check(BOTH, 'loc_lat=7,v=1.0', 'loc_lat=50.5,v=1.0,loc_long=-0.75', 'loc_lat=7 replaced');
    check(LAT, 'loc_lat=7', 'loc_lat=50.5', 'loc_lat=7 replaced');

    // of another type, which would make a database refuse the line
    check(LAT, 'loc_lat="50.5"', 'loc_lat=50.5', 'loc_lat=50.5 replaced');
    check({ loc_lat: '50' }, 'v=1,loc_lat=50i', 'v=1,loc_lat=50', 'loc_lat=50 replaced');
    check(LAT, 'v=1,loc_lat=t', 'v=1,loc_lat=50.5', 'loc_lat=true replaced');

    // twice, even with ours in one of them
    check(LAT, 'loc_lat=7,v=1,loc_lat=8', 'v=1,loc_lat=50.5', 'loc_lat=8 replaced');
    check(LAT, 'loc_lat=7,v=1,loc_lat=50.5', 'v=1,loc_lat=50.5');
    check(LAT, 'loc_lat=50.5,loc_lat=7', 'loc_lat=50.5', 'loc_lat=7 replaced');

    // under another name that means the same
    check(LAT, 'location_lat=7', 'loc_lat=50.5', 'location_lat=7 removed');
    check(LAT, 'location_lat=50.5', 'location_lat=50.5,loc_lat=50.5');
    check(LAT, 'location_lat=7,location_lat=50.5', 'location_lat=50.5,loc_lat=50.5');

    // what looks as if we had set it aside
    check(
      LAT,
      'claimed_loc_lat=1,claimed_location_lat=2',
      'loc_lat=50.5',
      'claimed_loc_lat=1 removed',
      'claimed_location_lat=2 removed',
    );
  });

  test('where no source has a coordinate nobody else may say it', () => {
    check({}, 'v=1', 'v=1');
    check(
      {},
      'loc_lat=7,v="x,loc_lat=1\n 5",location_long=8',
      'v="x,loc_lat=1\n 5"',
      'location_long=8 removed',
      'loc_lat=7 removed',
    );
    check(LAT, 'loc_long=7,v=1', 'v=1,loc_lat=50.5', 'loc_long=7 removed');
    check({}, 'claimed_loc_lat=1,v=1', 'v=1', 'claimed_loc_lat=1 removed');
  });

  test('the last field of a line stays, and is told of', () => {
    check({}, 'loc_lat=7', 'loc_lat=7', `loc_lat=7 ${KEPT}`);
    check({}, 'loc_lat=7,loc_lat=8', 'loc_lat=7,loc_lat=8', `loc_lat=8 ${KEPT}`);
    check({}, 'loc_long=6,loc_lat=7', 'loc_lat=7', 'loc_long=6 removed', `loc_lat=7 ${KEPT}`);
    // not where one of ours comes beside it
    check(LAT, 'location_long=6', 'loc_lat=50.5', 'location_long=6 removed');
    check({ loc_long: '1' }, 'loc_lat=7', 'loc_long=1', 'loc_lat=7 removed');
  });
});

test('keep: the fields stay as they are, and are told of', () => {
  const check = (ours: Ours, fields: string, expected: string, ...claims: string[]) =>
    expect(guarded('keep', fields, ours)).toEqual([expected, claims]);

  check(BOTH, 'v=1', 'v=1,loc_long=-0.75,loc_lat=50.5');
  check(LAT, 'loc_lat=50.50', 'loc_lat=50.50');
  check(BOTH, 'loc_lat=7', 'loc_lat=7,loc_long=-0.75', 'loc_lat=7 kept');
  check(LAT, 'location_lat="x"', 'location_lat="x"', 'location_lat=x kept');
  check({}, 'loc_lat=7,claimed_loc_lat=8', 'loc_lat=7,claimed_loc_lat=8', 'loc_lat=7 kept');
});

describe('set_aside', () => {
  const check = (ours: Ours, fields: string, expected: string, ...claims: string[]) =>
    expect(guarded('set_aside', fields, ours)).toEqual([expected, claims]);

  test('what was claimed stays to be seen, under a name that nobody trusts', () => {
    check(BOTH, 'v=1', 'v=1,loc_long=-0.75,loc_lat=50.5');
    check(LAT, 'loc_lat=50.5', 'loc_lat=50.5');
    check(LAT, 'loc_lat=7,v=1', 'loc_lat=50.5,v=1,claimed_loc_lat=7', 'loc_lat=7 set aside');
    check(LAT, 'loc_lat=7,loc_lat=8', 'loc_lat=50.5,claimed_loc_lat=8', 'loc_lat=8 set aside');
    check(LAT, 'location_lat=7', 'loc_lat=50.5,claimed_location_lat=7', 'location_lat=7 set aside');
    check({}, 'loc_lat=7', 'claimed_loc_lat=7', 'loc_lat=7 set aside');
    check({}, 'location_long=7,v=1', 'v=1,claimed_location_long=7', 'location_long=7 set aside');
  });

  test('in its type', () => {
    check(
      {},
      'v=1,loc_lat=-9007199254740993i',
      'v=1,claimed_loc_lat=-9007199254740993i',
      'loc_lat=-9007199254740993 set aside',
    );
    check(
      {},
      'v=1,loc_lat=18446744073709551615u',
      'v=1,claimed_loc_lat=18446744073709551615u',
      'loc_lat=18446744073709551615 set aside',
    );
    check({}, 'v=1,loc_lat=F', 'v=1,claimed_loc_lat=false', 'loc_lat=false set aside');
    check({}, 'v=1,loc_lat=-1e-7', 'v=1,claimed_loc_lat=-1e-7', 'loc_lat=-1e-7 set aside');
    check(
      {},
      'v=1,loc_lat="a, \\"b\\" \\\\\n\\n 5"',
      'v=1,claimed_loc_lat="a, \\"b\\" \\\\\n\n 5"',
      'loc_lat=a, "b" \\\n\n 5 set aside',
    );
    // what may not be written is not set aside
    check({}, 'v=1,loc_lat="\xff"', 'v=1', 'loc_lat=\xff removed');
    check(LAT, 'v=1,loc_lat="\xff"', 'v=1,loc_lat=50.5', 'loc_lat=\xff replaced');
  });

  test('a guest cannot pretend that something had been set aside', () => {
    check(LAT, 'claimed_loc_lat=1', 'loc_lat=50.5', 'claimed_loc_lat=1 removed');
    check(LAT, 'claimed_loc_lat=1,loc_lat=7', 'claimed_loc_lat=7,loc_lat=50.5', 'loc_lat=7 set aside');
    check(
      LAT,
      'claimed_location_lat=1,location_lat=7',
      'loc_lat=50.5,claimed_location_lat=7',
      'claimed_location_lat=1 removed',
      'location_lat=7 set aside',
    );
    // what an earlier run set aside stays
    check(LAT, 'claimed_loc_lat=1,loc_lat=50.5', 'claimed_loc_lat=1,loc_lat=50.5');
  });
});

test('a line that cannot be changed is left, and told of as far as it can be read', () => {
  const check = (claimed: Claimed, fields: string, ...claims: string[]) =>
    expect(guarded(claimed, fields, BOTH)).toEqual([fields, claims]);

  for (const claimed of ['replace', 'set_aside'] as const) {
    check(claimed, 'v=x');
    check(claimed, 'v=x,loc_lat=7');
    check(claimed, 'loc_lat=7,location_long=8,v=x', `loc_lat=7 ${KEPT}`, `location_long=8 ${KEPT}`);
  }
  // more than a stage may write into a line
  const claim = 'x'.repeat(140_000);
  const [fields, claims] = guarded('set_aside', `v=1,loc_lat="${claim}"`, LAT);
  expect([fields, claims]).toEqual(['v=1,loc_lat=50.5', [`loc_lat=${claim} replaced`]]);
});

describe('whatever a line brings', () => {
  const key = fc.constantFrom('loc_lat', 'location_lat', 'loc_long', 'claimed_loc_lat', 'claimed_location_lat', 'v');
  const value = fc.constantFrom('50.5', '7', '"x"', '50i');
  const fields = fc
    .array(fc.tuple(key, value), { minLength: 1, maxLength: 6 })
    .map((all) => all.map(([name, text]) => `${name}=${text}`).join());
  const ours = fc.constantFrom(LAT, BOTH, {}, { loc_long: '7' });
  const valuesOf = (text: string, name: string) =>
    text.split(',').flatMap((each) => (each.startsWith(`${name}=`) ? [each.slice(name.length + 1)] : []));

  test('only our values stand under the names that are trusted, unless nothing else is left', () => {
    fc.assert(
      fc.property(fc.constantFrom<Claimed>('replace', 'set_aside'), fields, ours, (claimed, text, values) => {
        const [after, claims] = guarded(claimed, text, values);
        expect(valuesOf(after, 'v')).toEqual(valuesOf(text, 'v'));
        if (claims.some((each) => each.endsWith(KEPT))) {
          expect(claimed).toBe('replace');
          expect(new Set(after.split(',').map((each) => each.slice(0, each.indexOf('=')))).size).toBe(1);
          return;
        }
        for (const name of ['loc_lat', 'loc_long'] as const) {
          const value = values[name];
          expect(valuesOf(after, name)).toEqual(value === undefined ? [] : [value]);
        }
        for (const alias of valuesOf(after, 'location_lat')) expect(alias).toBe(values.loc_lat);
        if (claimed === 'replace') expect(after).not.toContain('claimed_');
      }),
      { numRuns: 500 },
    );
  });

  test('keep: nothing that stands there changes', () => {
    fc.assert(
      fc.property(fields, ours, (text, values) => {
        expect(guarded('keep', text, values)[0].startsWith(text)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
