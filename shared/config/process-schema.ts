import type { OptionSchema, OptionsOf } from './schema.ts';

/** The table `[process]`: options of the process, which has one stdin, one stdout and one input format. */
export const processSchema = {
  title: 'Options of the process: reading, writing, bad lines and statistics.',
  type: 'object',
  additionalProperties: false,
  properties: {
    precision: {
      type: 'string',
      enum: ['ns', 'us', 'ms', 's'],
      default: 'ns',
      description:
        'Unit of the timestamps on stdin. They leave as they came. Lines of an input always have nanoseconds.',
      enumDescriptions: {
        ns: 'nanoseconds, as Telegraf writes them',
        us: 'microseconds',
        ms: 'milliseconds',
        s: 'seconds',
      },
    },
    coalesce: {
      type: 'string',
      format: 'duration',
      default: '1ms',
      maximum: '1ms',
      description:
        'How long to wait for more lines when they come one by one. Waiting saves CPU and delays a line by at most this long; "0s" never waits.',
    },
    max_line_bytes: {
      type: 'string',
      format: 'size',
      default: '2MiB',
      minimum: '1KiB',
      maximum: '256MiB',
      description: 'A longer line is treated as invalid, so that a broken sender cannot fill the memory.',
    },
    validate: {
      type: 'string',
      enum: ['head', 'full'],
      default: 'head',
      description: 'How much of every line is checked.',
      enumDescriptions: {
        head: 'measurement and tags, and the fields that a plugin reads',
        full: 'everything, at the price of more CPU',
      },
    },
    invalid_lines: {
      type: 'string',
      enum: ['pass', 'drop'],
      default: 'pass',
      description: 'What to do with a line that is seen to be malformed. It is counted in any case.',
      enumDescriptions: { pass: 'leave it as it came, untouched', drop: 'discard it' },
    },
    quarantine: {
      type: 'string',
      minLength: 1,
      description: 'File that gets a copy of every malformed line.',
      examples: ['/var/lib/crosslayer/quarantine.lp'],
    },
    quarantine_size: {
      type: 'string',
      format: 'size',
      default: '10MiB',
      minimum: '4KiB',
      description: 'Size at which the quarantine file is renamed to <file>.1, replacing an older one, and begun anew.',
    },
    stats_interval: {
      type: 'string',
      format: 'duration',
      default: '0s',
      description:
        'How often to write "internal_<plugin>" lines with the statistics of every stage; "0s" never does. In a processor they join your metrics.',
    },
  },
} as const satisfies OptionSchema;

/** `[process]` after validation; durations in milliseconds, sizes in bytes. */
export type ProcessOptions = OptionsOf<typeof processSchema>;
