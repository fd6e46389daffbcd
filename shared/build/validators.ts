import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { stageSchema, tableOfKind } from '../config/common-options.ts';
import { AJV_OPTIONS } from '../config/compile-validator.ts';
import { jsonSchemaOf } from '../config/json-schema.ts';
import { processSchema } from '../config/process-schema.ts';
import type { TableSchema } from '../config/schema.ts';
import type { FoundPlugin } from './find-plugins.ts';
import { writeWhole } from './write-whole.ts';

const FOLDER = 'shared/config/validators';

/** The module of the validator of `[process]`, from the root of the repository. */
export const PROCESS_VALIDATOR = `${FOLDER}/process.js`;

/** The module of a stage's validator, from the root of the repository, e.g. `…/processors.topology_tagger.js`. */
export function validatorFile({
  kind,
  name,
}: {
  readonly kind: 'input' | 'processor' | 'output';
  readonly name: string;
}): string {
  return `${FOLDER}/${tableOfKind(kind)}.${name}.js`;
}

/**
 * Compiles the validators of `[process]` and of every plugin into modules of their own.
 * @param packages where ajv is found from
 */
export async function buildValidators(root: string, plugins: readonly FoundPlugin[], packages = root): Promise<void> {
  const schemas: [file: string, TableSchema][] = [
    [PROCESS_VALIDATOR, processSchema],
    ...plugins.flatMap(({ definitions }) =>
      definitions.map(({ definition }): [string, TableSchema] => [validatorFile(definition), stageSchema(definition)]),
    ),
  ];
  await Promise.all(
    schemas.map(async ([file, schema]) => writeWhole(join(root, file), await validatorModule(packages, schema))),
  );
}

async function validatorModule(packages: string, schema: TableSchema): Promise<Uint8Array> {
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true } });
  const contents = standaloneCode.default(ajv, ajv.compile(jsonSchemaOf(schema)));
  // ajv leaves its run-time helpers outside and calls them with `require`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: packages, loader: 'js' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'silent',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
