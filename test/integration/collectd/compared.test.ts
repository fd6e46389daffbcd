import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { comparisons } from '../../bench/compare/comparison.ts';
import { comparisonTables } from '../../bench/compare/page.ts';
import { requireTelegraf } from '../../support/telegraf.ts';

const { path: telegraf = '', missing } = await requireTelegraf();
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe.skipIf(missing)('docs/reference/collectd-compared.md', () => {
  test('says what Telegraf and collectd_in deliver of the recordings', { timeout: 120_000 }, async () => {
    const page = readFileSync(join(ROOT, 'docs/reference/collectd-compared.md'), 'utf8');
    const found = await comparisons(telegraf, ROOT);
    // not fresh: `npm run compare`
    expect(page.slice(page.indexOf('## What was sent'))).toBe(comparisonTables(found));
    for (const { one, expected, ours } of found) {
      const { values, again, unasked, inexact, notifications } = ours;
      expect({ case: one.name, values, again, unasked, inexact, notifications }).toEqual({
        case: one.name,
        values: expected.finite.length,
        again: 0,
        unasked: 0,
        inexact: 0,
        notifications: expected.notifications,
      });
    }
  });
});
