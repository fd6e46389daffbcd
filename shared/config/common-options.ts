import type { OptionsOf, TableSchema, ValueSchema } from './schema.ts';

/** Input, processor or output: the first word of a stage's TOML table is its plural. */
export type StageKind = 'input' | 'processor' | 'output';

const globs = {
  type: 'array',
  items: { type: 'string', format: 'glob' },
} as const satisfies ValueSchema;

const globsByTag = {
  type: 'object',
  additionalProperties: globs,
} as const satisfies ValueSchema;

/** Options of every stage, named and meant as in Telegraf. */
export const commonOptions = {
  type: 'object',
  additionalProperties: false,
  properties: {
    alias: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description: 'Name of this stage in logs and statistics.',
      examples: ['edge'],
    },
    order: {
      type: 'integer',
      description: 'Place in a chain: stages without it come first, in the order of this file, then by this number.',
      examples: [1],
    },
    log_level: {
      type: 'string',
      enum: ['error', 'warn', 'info', 'debug', 'trace'],
      description: 'Least important messages to log; default is "info", or what the command line says.',
    },
    namepass: {
      ...globs,
      description:
        'Globs: only metrics whose name matches one are handled here. Others pass by a processor; an input drops them, an output does not get them.',
      examples: [['cpu', 'net*']],
    },
    namedrop: {
      ...globs,
      description: 'Globs: metrics whose name matches one are not handled here. Applied after namepass.',
      examples: [['internal_*']],
    },
    tagpass: {
      ...globsByTag,
      description: 'Tag to globs: only metrics with one such tag and value are handled here.',
      examples: [{ interface: ['tap*'] }],
    },
    tagdrop: {
      ...globsByTag,
      description: 'Tag to globs: metrics with one such tag and value are not handled here.',
      examples: [{ interface: ['lo'] }],
    },
  },
} as const satisfies TableSchema;

/** The option that inputs which gather have besides. */
export const inputOptions = {
  type: 'object',
  additionalProperties: false,
  properties: {
    interval: {
      type: 'string',
      format: 'duration',
      default: '10s',
      minimum: '1ms',
      description: 'How often to gather. The flag --poll_interval wins over it.',
    },
  },
} as const satisfies TableSchema;

/** The common options of a stage after validation. `interval` is there for inputs that gather, in milliseconds. */
export type CommonOptions = OptionsOf<typeof commonOptions> & { readonly interval?: number };

/** The TOML table that holds stages of this kind, e.g. `processors`. */
export function tableOfKind(kind: StageKind): `${StageKind}s` {
  return `${kind}s`;
}

/** What decides which options a stage has besides its own; a plugin's definition has it. */
interface Stage {
  readonly kind: StageKind;
  readonly gathers?: false;
}

/** The schema of a stage's whole table: its own options and the common ones. */
export function stageSchema({ schema, ...stage }: Stage & { readonly schema: TableSchema }): TableSchema {
  const common = commonOptionsOf(stage);
  const clash = Object.keys(schema.properties ?? {}).find((name) => name in common && name !== 'interval');
  if (clash !== undefined)
    throw new Error(`Option "${clash}" is one that every stage has; the plugin must call its own differently`);
  return { ...schema, properties: { ...common, ...schema.properties } };
}

/** The common options of such a stage, by name. */
export function commonOptionsOf({ kind, gathers }: Stage): { readonly [option: string]: ValueSchema } {
  if (kind !== 'input' || gathers === false) return commonOptions.properties;
  return { ...commonOptions.properties, ...inputOptions.properties };
}
