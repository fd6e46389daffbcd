import type { OptionSchema, OptionsOf } from '../../shared/config/schema.ts';
import { defineInput, defineOutput, defineProcessor } from '../../shared/plugin/definition.ts';

/** A schema with every form an option can have. */
export const fullSchema = {
  title: 'Shows every form of an option.',
  type: 'object',
  additionalProperties: false,
  required: ['endpoint'],
  properties: {
    endpoint: { type: 'string', minLength: 1, description: 'Where to send.', examples: ['http://127.0.0.1:9000'] },
    mode: {
      type: 'string',
      enum: ['fast', 'careful'],
      default: 'fast',
      description: 'How to send.',
      enumDescriptions: { fast: 'at once', careful: 'after a look' },
    },
    timeout: { type: 'string', format: 'duration', default: '1m30s', minimum: '10ms', description: 'When to give up.' },
    grace: { type: 'string', format: 'duration', description: 'Time to wait besides.', examples: ['5s'] },
    spool_size: { type: 'string', format: 'size', default: '64KiB', maximum: '1GiB', description: 'Room on disk.' },
    token_file: { type: 'string', format: 'secret_file', description: 'File with the token.', examples: ['/etc/t'] },
    retries: { type: 'integer', default: 3, minimum: 0, maximum: 10, description: 'How often to try again.' },
    ratio: { type: 'number', default: 0.5, exclusiveMinimum: 0, description: 'Share to send.' },
    verify: { type: 'boolean', default: true, description: 'Whether to verify.' },
    tags: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['vm_id', 'vm_name'],
      uniqueItems: true,
      description: 'Tags to add.',
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      description: 'What is not exceeded.',
      properties: {
        lines: { type: 'integer', default: 1000, minimum: 1, description: 'Lines in a batch.' },
        age: { type: 'string', format: 'duration', default: '10s', description: 'Age of a batch.' },
      },
    },
    labels: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Fixed labels.',
      examples: [{ site: 'north' }],
    },
    key: {
      type: 'array',
      maxItems: 3,
      description: 'Where to look.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tag'],
        properties: {
          tag: { type: 'string', description: 'Tag with the key.', examples: ['host'] },
          kind: { type: 'string', enum: ['vm', 'if'], default: 'vm', description: 'Kind of the key.' },
        },
      },
    },
  },
} as const satisfies OptionSchema;

export type FullOptions = OptionsOf<typeof fullSchema>;

const noOptions = {
  title: 'Does nothing.',
  type: 'object',
  additionalProperties: false,
  properties: {},
} as const satisfies OptionSchema;

/** A processor that needs an option, with a relation to check. */
export const fullPlugin = defineProcessor<FullOptions>({
  name: 'full_plugin',
  schema: fullSchema,
  check: ({ timeout, limits }) => (timeout < limits.age ? [['limits.age', 'must not exceed timeout']] : []),
  start: () => ({ line: () => {} }),
});

/** A processor that needs no options. */
export const plainPlugin = defineProcessor<object>({
  name: 'plain_plugin',
  schema: noOptions,
  start: () => ({ line: () => {} }),
});

/** An input without options of its own. */
export const dummyInput = defineInput<object>({ name: 'dummy_input', schema: noOptions, start: () => ({}) });

/** An output without options of its own. */
export const dummyOutput = defineOutput<object>({
  name: 'dummy_output',
  schema: noOptions,
  start: () => ({ write: () => {} }),
});
