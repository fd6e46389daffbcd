import type { OptionSchema, OptionsOf } from '../../../shared/config/schema.ts';

/** The options of host_metrics. */
export const schema = {
  title: 'Read CPU, memory, network and load of this machine from /proc.',
  type: 'object',
  additionalProperties: false,
  properties: {
    interval: {
      type: 'string',
      format: 'duration',
      default: '10s',
      minimum: '10ms',
      description:
        'How often to gather. The kernel counts CPU time in ticks of 10 ms. The flag --poll_interval wins over it.',
    },
    collect: {
      type: 'array',
      items: { type: 'string', enum: ['cpu', 'mem', 'net', 'system'] },
      minItems: 1,
      uniqueItems: true,
      default: ['cpu', 'mem', 'net', 'system'],
      description: 'The measurements to make, named as in Telegraf.',
    },
    cpus: {
      type: 'string',
      enum: ['all', 'total'],
      default: 'all',
      description: 'For which CPUs "cpu" has a metric.',
      enumDescriptions: {
        all: 'every CPU and their sum, cpu-total',
        total: 'only cpu-total',
      },
    },
    host: {
      type: 'string',
      minLength: 1,
      description: 'Value of the tag "host"; default is the name of this machine.',
      examples: ['node-1'],
    },
    proc: {
      type: 'string',
      minLength: 1,
      default: '/proc',
      description: 'Where the proc file system is; in a container the host may mount its own elsewhere.',
    },
    sys: {
      type: 'string',
      minLength: 1,
      default: '/sys',
      description: 'Where the sys file system is: it knows which interfaces are up and how fast they are.',
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
