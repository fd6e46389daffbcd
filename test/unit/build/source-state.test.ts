import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isBuilt, noteBuilt, sourceState } from '../../../shared/build/source-state.ts';
import { folderOf, put } from './folder.ts';

test('what was built is known until a source changes', () => {
  const root = folderOf({
    'shared/a/b.ts': 'one',
    'shared/a/kernel/index.ts': '',
    'shared/a/kernel-binary.ts': '',
    'shared/config/validators/x.js': '',
    'dist/bin/crosslayer.cjs': '',
    'dist/lib/line-protocol.js': '',
    'package.json': '{}',
  });
  expect(isBuilt(root)).toBe(false);
  noteBuilt(root, sourceState(root));
  expect(isBuilt(root)).toBe(true);

  // what the build writes is no source
  put(root, 'shared/config/validators/x.js', 'changed');
  put(root, 'shared/a/kernel-binary.ts', 'changed');
  expect(isBuilt(root)).toBe(true);

  // changed, new, gone
  for (const change of [
    () => put(root, 'shared/a/b.ts', 'three'),
    () => put(root, 'plugins/x/plugin.ts', ''),
    () => rmSync(join(root, 'plugins/x/plugin.ts')),
    () => put(root, 'package.json', '{ }'),
  ]) {
    change();
    expect(isBuilt(root)).toBe(false);
    noteBuilt(root, sourceState(root));
    expect(isBuilt(root)).toBe(true);
  }

  // built files that are gone
  rmSync(join(root, 'shared/a/kernel-binary.ts'));
  expect(isBuilt(root)).toBe(false);
});
