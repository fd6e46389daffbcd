import type { OptionSchema, OptionsOf } from '../../../shared/config/schema.ts';

/** The options of append_file. */
export const schema = {
  title: 'Append lines to a file.',
  type: 'object',
  additionalProperties: false,
  required: ['file'],
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'File that the lines are appended to. It is made where it is missing, its folder is not.',
      examples: ['/var/lib/crosslayer/lines.lp'],
    },
    max_bytes: {
      type: 'string',
      format: 'size',
      minimum: '1KiB',
      description:
        'Size over which the file does not grow: it is renamed to <file>.1, replacing an older one, and begun anew. Without this option it grows for ever.',
      examples: ['100MiB'],
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
