import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { buildValidators, PROCESS_VALIDATOR, validatorFile } from '../../../shared/build/validators.ts';
import { stageSchema } from '../../../shared/config/common-options.ts';
import { compileValidator } from '../../../shared/config/compile-validator.ts';
import type { Validator } from '../../../shared/config/validator.ts';
import { fullPlugin } from '../../support/dummy-plugins.ts';
import { folderOf } from './folder.ts';

test('a validator that was built needs nothing and says what the compiled one says', async () => {
  const root = folderOf({});
  const plugin = { name: 'full_plugin', folder: '', definitions: [{ exportName: 'plugin', definition: fullPlugin }] };
  await buildValidators(root, [plugin], fileURLToPath(new URL('../../../', import.meta.url)));
  const file = join(root, validatorFile(fullPlugin));
  expect(readFileSync(join(root, PROCESS_VALIDATOR), 'utf8')).toContain('invalid_lines');

  // from a folder that has no packages
  const { default: built } = (await import(pathToFileURL(file).href)) as { default: Validator };
  const compiled = compileValidator(stageSchema(fullPlugin));
  const check = (value: () => object) => {
    const [a, b] = [value(), value()];
    expect([built(a), built.errors, a]).toEqual([compiled(b), compiled.errors, b]);
  };
  check(() => ({ endpoint: 'e' }));
  check(() => ({}));
  check(() => ({
    endpoint: '',
    mode: 'x',
    retries: -1,
    tags: ['a', 'a'],
    key: [{}, { tag: 1 }],
    no: 1,
    limits: { lines: 0 },
  }));
});
