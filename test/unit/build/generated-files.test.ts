import { expect, test } from 'vitest';
import type { FoundPlugin } from '../../../shared/build/find-plugins.ts';
import { generatedFiles, staleFiles } from '../../../shared/build/generated-files.ts';
import { fullPlugin } from '../../support/dummy-plugins.ts';
import { folderOf, put } from './folder.ts';

const plugins: FoundPlugin[] = [
  {
    name: 'full_plugin',
    folder: 'plugins/full_plugin',
    definitions: [{ exportName: 'plugin', definition: fullPlugin }],
  },
];
const README = `# Full
<!-- options:start -->
<!-- options:end -->
by hand
<!-- sample:start -->
old
<!-- sample:end -->
`;

test('stale files are found, and fresh once written', () => {
  const root = folderOf({ 'package.json': '{"name":"x"}', 'plugins/full_plugin/README.md': README });
  expect(staleFiles(root, plugins).map(({ path }) => path)).toEqual([
    'package.json',
    'docs/reference/options.md',
    'docs/reference/command-line.md',
    'plugins/full_plugin/sample.conf',
    'plugins/full_plugin/README.md',
  ]);
  for (const { path, content } of generatedFiles(root, plugins)) put(root, path, content);
  expect(staleFiles(root, plugins)).toEqual([]);
  put(root, 'plugins/full_plugin/sample.conf', 'changed');
  expect(staleFiles(root, plugins).map(({ path }) => path)).toEqual(['plugins/full_plugin/sample.conf']);
});

test('a README keeps what is written by hand', () => {
  const root = folderOf({ 'package.json': '{}', 'plugins/full_plugin/README.md': README });
  const readme = generatedFiles(root, plugins).find(({ path }) => path.endsWith('README.md'))?.content ?? '';
  expect(readme).toContain('by hand');
  expect(readme).not.toContain('old');
  expect(readme).toContain('| `endpoint` | string | required | Where to send. |');
  expect(readme).toContain('```toml\n# Shows every form of an option\n[[processors.full_plugin]]');
});

test('a README without markers is told by name', () => {
  const root = folderOf({ 'package.json': '{}', 'plugins/full_plugin/README.md': '# Full' });
  expect(() => generatedFiles(root, plugins)).toThrow(
    'plugins/full_plugin/README.md: There must be "<!-- options:start -->"',
  );
});
