import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LINE_ERROR_CODES } from '../../../shared/line-protocol/errors.ts';
import { LINE_ERROR_MESSAGES } from '../../../shared/line-protocol/messages.ts';
import { readLines } from '../../support/reference-line-protocol.ts';

const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');
const sections = page.split(/^### /m).slice(1);

/** These do not come from the text of a line alone. */
const WITHOUT_EXAMPLE = ['too_long', 'incomplete', 'unwritable'];

test('errors.md explains exactly the codes there are, in their order', () => {
  expect(sections.map((section) => /^`(\w+)`$/m.exec(section)?.[1])).toEqual([...LINE_ERROR_CODES]);
});

const explained = LINE_ERROR_CODES.map((code, i) => ({ code, section: sections[i] ?? '' }));

test.each(explained)('$code is explained with the text that the log shows', ({ code, section }) => {
  expect(section).toContain(`*${LINE_ERROR_MESSAGES[code]}.*`);
});

test.each(explained.filter(({ code }) => !WITHOUT_EXAMPLE.includes(code)))(
  'the example for $code gives it',
  ({ code, section }) => {
    const example = /```influx\n([^`]*)```/.exec(section)?.[1] ?? '';
    const errors = readLines(Buffer.from(example)).flatMap((line) => ('error' in line ? [line.error.code] : []));
    expect(errors).toEqual([code]);
  },
);
