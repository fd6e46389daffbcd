import { expect, test } from 'vitest';
import { plugin } from '../../../plugins/surrogate_context/plugin.ts';
import type { Options } from '../../../plugins/surrogate_context/schema.ts';

const DEFAULTS: Options = {
  max_context_file_bytes: 1024,
  grace: 30_000,
  max_values: 2000,
  max_snapshot_bytes: 1024,
  profile: 'clmc',
  claimed: 'replace',
  required: [],
  missing: 'pass',
  location_fields: 'none',
  context: {},
  snapshot_keys: {},
  key: [],
};

test('relations between options', () => {
  const checkOptions = plugin.check as (options: Options) => [string, string][];
  const check = (options: Partial<Options>, ...expected: [string, string][]) =>
    expect(checkOptions({ ...DEFAULTS, ...options })).toEqual(expected);

  check({});
  check({ context: { surrogate: 'a' } });
  check({ snapshot: 'x', snapshot_keys: { sfc: 'metadata.a', server: 'server', loc_lat: 'place.lat' } });

  const nameless = 'profile "flame" has no tag for "surrogate"; remove it or use profile "clmc"';
  check({ profile: 'flame', context: { surrogate: 'a', sfc: 'b' } }, ['context.surrogate', nameless]);
  check(
    { profile: 'flame', required: ['surrogate'], snapshot: 'x', snapshot_keys: { surrogate: 'vm_name' } },
    ['snapshot_keys.surrogate', nameless],
    ['required', nameless],
  );
  check({ context: { sfc: '\n' } }, ['context.sfc', 'has no visible character']);
  check({ snapshot: 'x', snapshot_keys: { sfc: 'vm_nam' } }, [
    'snapshot_keys.sfc',
    'the snapshot has no "vm_nam"; did you mean "vm_name"?',
  ]);
  check({ snapshot_keys: { sfc: 'metadata.a' } }, ['snapshot_keys', 'there is no "snapshot" to take them from']);
});
