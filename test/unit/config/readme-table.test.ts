import { expect, test } from 'vitest';
import { optionHelp } from '../../../shared/config/help-text.ts';
import { optionTable, replaceBetweenMarkers } from '../../../shared/config/readme-table.ts';
import { fullSchema } from '../../support/dummy-plugins.ts';

test('every option is a row', () => {
  const rows = optionTable(fullSchema).split('\n');
  expect(rows.slice(0, 2)).toEqual(['| Option | Type | Default | Meaning |', '| --- | --- | --- | --- |']);
  expect(rows).toContain('| `endpoint` | string | required | Where to send. |');
  expect(rows).toContain('| `mode` | word | `"fast"` | How to send. `fast`: at once; `careful`: after a look. |');
  expect(rows).toContain('| `tags` | list of strings | `["vm_id", "vm_name"]` | Tags to add. |');
  expect(rows).toContain('| `limits.age` | duration | `"10s"` | Age of a batch. |');
  expect(rows).toContain('| `labels` | table of strings |  | Fixed labels. |');
  expect(rows).toContain('| `key[].kind` | word | `"vm"` | Kind of the key. `vm`, `if`. |');
});

test('a cell cannot break the table', () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: { a: { type: 'string', default: 'x|y', description: 'Writes <a> | b.' } },
  } as const;
  expect(optionTable(schema).split('\n')[2]).toBe('| `a` | string | `"x\\|y"` | Writes &lt;a> \\| b. |');
});

test('help lists type and default', () => {
  expect(optionHelp(fullSchema)).toContain('  timeout (duration, default "1m30s")\n      When to give up.');
  expect(optionHelp(fullSchema)).toContain('  endpoint (string, required)');
});

test('only what is between the markers is replaced', () => {
  const text = 'a\n<!-- x:start -->\nold\n<!-- x:end -->\nb <!-- y:start -->';
  expect(replaceBetweenMarkers(text, 'x', 'new')).toBe(
    'a\n<!-- x:start -->\n\nnew\n\n<!-- x:end -->\nb <!-- y:start -->',
  );
  expect(replaceBetweenMarkers(replaceBetweenMarkers(text, 'x', '$& $1'), 'x', 'new')).toBe(
    replaceBetweenMarkers(text, 'x', 'new'),
  );
  expect(() => replaceBetweenMarkers(text, 'y', 'new')).toThrow('<!-- y:end -->');
});
