import { DEFAULT_PREFIX, NAMINGS } from '../../shared/collectd-lines/naming.ts';
import { SECURITY_LEVELS } from '../../shared/collectd-protocol/datagram-reader.ts';
import type { OptionSchema, OptionsOf } from '../../shared/config/schema.ts';

/** The options of collectd_in. */
export const schema = {
  title: 'Receive values and notifications of collectd, and write them as line protocol.',
  type: 'object',
  additionalProperties: false,
  properties: {
    listen: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 300 },
      default: ['udp://127.0.0.1:25826'],
      maxItems: 16,
      uniqueItems: true,
      description:
        'Addresses for datagrams of collectd\'s network plugin, of any MaxPacketSize. An address of a multicast group joins the group: "udp://239.192.74.66:25826", "udp://[ff18::efc0:4a42]:25826". Without a port: 25826.',
      examples: [['udp://0.0.0.0:25826']],
    },
    interface: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      description:
        'Interface, or address of one, on which multicast groups are joined; default is what the system chooses.',
      examples: ['eth0'],
    },
    receive_buffer: {
      type: 'string',
      format: 'size',
      minimum: '4KiB',
      maximum: '1GiB',
      description:
        "Room in the kernel for datagrams that have not been read yet; default is the system's. More than net.core.rmem_max is not given. One second of 20,000 datagrams/s is 32 MiB.",
      examples: ['8MiB'],
    },
    auth_file: {
      type: 'string',
      minLength: 1,
      description:
        'Users and passwords that sign or encrypt, one "user: password" a line, as in collectd. Read again when it changes.',
      examples: ['/etc/collectd/auth_file'],
    },
    security_level: {
      type: 'string',
      enum: SECURITY_LEVELS,
      default: 'none',
      description: 'What a datagram must be to be believed. More than "none" needs auth_file.',
      enumDescriptions: {
        none: 'anything; a signature is verified where there is an auth_file',
        sign: 'signed or encrypted',
        encrypt: 'encrypted',
      },
    },
    replay_window: {
      type: 'string',
      format: 'duration',
      default: '0s',
      maximum: '1h',
      description:
        'Refuse signed and encrypted datagrams that came before, and, as not all can be remembered, those that are older than the newest of their user and host, or ahead of our clock, by more than this; 0s: believe them. collectd has no such protection.',
      examples: ['30s'],
    },
    types_db: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['/usr/share/collectd/types.db'],
      maxItems: 32,
      uniqueItems: true,
      description:
        'Files that name the values of a type; later ones win. Read again when they change. Where a type is in none of them, its values are called value, or 0, 1, …',
      examples: [['/usr/share/collectd/types.db', '/etc/collectd/my_types.db']],
    },
    naming: {
      type: 'string',
      enum: NAMINGS,
      default: 'crosslayer',
      description: 'How value lists are named as lines.',
      enumDescriptions: {
        crosslayer: 'measurement collectd_<plugin>, tags host, plugin_instance, type, type_instance; all numbers exact',
        telegraf_split: "as Telegraf's parser: measurement <plugin>_<value>, tag instance, every number a float",
        telegraf_join: 'the same with collectd_parse_multivalue = "join": measurement <plugin>',
        write_influxdb_udp: "as collectd's plugin of that name: measurement <plugin>, gauges with 6 digits",
      },
    },
    prefix: {
      type: 'string',
      maxLength: 64,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      default: DEFAULT_PREFIX,
      description: 'What stands before the plugin in the measurement, with naming = "crosslayer".',
    },
    numbers: {
      type: 'string',
      enum: ['as_named', 'exact'],
      default: 'as_named',
      description: 'How numbers are written.',
      enumDescriptions: {
        as_named: 'as the naming has them',
        exact: 'derive as integer, counter and absolute as unsigned integer, gauge as float with all its digits',
      },
    },
    unsigned: {
      type: 'string',
      enum: ['u', 'i'],
      default: 'u',
      description: 'How exact counters and absolutes are written.',
      enumDescriptions: {
        u: 'unsigned integers; stores that know none refuse them',
        i: 'integers; what exceeds 2^63 - 1 is written as that, and counted',
      },
    },
    interval: {
      type: 'string',
      enum: ['none', 'field', 'tag'],
      default: 'none',
      description: 'Whether a line says how often its value comes, in seconds.',
      enumDescriptions: { none: 'no', field: 'in a field "interval"', tag: 'in a tag "interval"' },
    },
    drop_own: {
      type: 'boolean',
      default: true,
      description:
        'In a chain that ends in collectd_out: whether what it has handed to collectd is dropped when collectd sends it back. Without that a chain that renames values makes them grow without end.',
    },
    max_waiting: {
      type: 'string',
      format: 'size',
      default: '16MiB',
      minimum: '64KiB',
      maximum: '1GiB',
      description: 'Datagrams that wait while the reader of the lines is behind. More are dropped and counted.',
    },
    spool: {
      type: 'string',
      minLength: 1,
      description:
        'Directory in which crosslayer-notify, started by NotificationExec of collectd, puts notifications; these have the meta data that the network lacks. It is followed.',
      examples: ['/run/crosslayer/notifications'],
    },
    notifications: {
      type: 'string',
      enum: ['all', 'spool'],
      default: 'all',
      description: 'Which notifications are taken.',
      enumDescriptions: {
        all: 'those that the network brings, and those in the spool',
        spool: 'those in the spool only, where the same collectd sends them over the network, too',
      },
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
