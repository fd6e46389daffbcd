import type { OptionSchema, OptionsOf } from '../../shared/config/schema.ts';

/** The options of collectd_out. */
export const schema = {
  title: 'Hand lines to collectd as values and notifications.',
  type: 'object',
  additionalProperties: false,
  properties: {
    transport: {
      type: 'string',
      enum: ['exec', 'unixsock', 'network'],
      default: 'exec',
      description: 'How collectd is reached.',
      enumDescriptions: {
        exec: 'PUTVAL and PUTNOTIF on stdout, for a program that the exec plugin of collectd starts',
        unixsock: 'the same over the socket of the unixsock plugin, with answers',
        network: 'datagrams to the network plugin, on any machine',
      },
    },
    socket: {
      type: 'string',
      minLength: 1,
      default: '/var/run/collectd-unixsock',
      description: 'Socket of the unixsock plugin, its option SocketFile.',
    },
    server: {
      type: 'string',
      minLength: 1,
      maxLength: 300,
      default: 'udp://127.0.0.1:25826',
      description:
        'Where a network plugin listens: udp://HOST:PORT, with an IPv6 address in brackets; a name and a multicast group are possible, too. Without a port: 25826.',
    },
    security_level: {
      type: 'string',
      enum: ['none', 'sign', 'encrypt'],
      default: 'none',
      description: 'How datagrams are protected. The receiver has user and password in its AuthFile.',
      enumDescriptions: {
        none: 'not at all',
        sign: 'signed: nobody can change them, everybody can read them',
        encrypt: 'encrypted',
      },
    },
    username: {
      type: 'string',
      minLength: 1,
      description: 'User for signing and encrypting.',
      examples: ['alice'],
    },
    password_file: {
      type: 'string',
      format: 'secret_file',
      description: 'File with the password of this user.',
      examples: ['/etc/crosslayer/collectd-password'],
    },
    max_packet_size: {
      type: 'string',
      format: 'size',
      default: '1452',
      minimum: '1024',
      maximum: '65535',
      description: "Longest datagram. The receiver's MaxPacketSize must not be smaller.",
    },
    interface: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      description: 'Interface by which datagrams to a multicast group leave; default is what the system chooses.',
      examples: ['eth0'],
    },
    time_to_live: {
      type: 'integer',
      minimum: 1,
      maximum: 255,
      description: "Hops that a datagram may make; default is the system's, which is 1 for multicast.",
      examples: [2],
    },
    datagrams_per_second: {
      type: 'integer',
      default: 5000,
      minimum: 1,
      maximum: 1_000_000,
      description:
        'Most datagrams a second; what comes faster waits in the queue. A collectd takes 5,000 full ones without loss, and loses a third of what comes at once.',
    },
    flush_interval: {
      type: 'string',
      format: 'duration',
      default: '1s',
      minimum: '1ms',
      maximum: '1s',
      description: 'How long a value may wait for its datagram to fill.',
    },
    queue_size: {
      type: 'string',
      format: 'size',
      default: '16MiB',
      minimum: '64KiB',
      maximum: '1GiB',
      description:
        'With unixsock and network: most bytes that wait. While collectd is away lines are read on under every host, as those who write them must not be held up: what does not fit drops the oldest, which is counted. While it is there and slow, reading waits.',
    },
    timeout: {
      type: 'string',
      format: 'duration',
      default: '5s',
      minimum: '100ms',
      maximum: '1h',
      description:
        'With unixsock: how long an answer may take. Then the line it belongs to is given up, and the connection is made anew.',
    },
    types_db: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['/usr/share/collectd/types.db'],
      maxItems: 32,
      uniqueItems: true,
      description:
        'Files with the types that the receiving collectd knows; of a type in several files the last counts. Read again when they change. Without them only the types of the default map are known.',
    },
    prefix: {
      type: 'string',
      maxLength: 100,
      default: 'collectd_',
      description: 'What collectd_in puts in front of the plugin in its measurements; see its option of this name.',
    },
    host: {
      type: 'string',
      minLength: 1,
      maxLength: 127,
      description:
        'Host of lines without a tag "host"; default is what collectd calls itself where it started us, else the host name.',
      examples: ['node-1'],
    },
    interval: {
      type: 'string',
      format: 'duration',
      minimum: '1ms',
      description:
        'How often values come, where lines do not say it; collectd waits twice as long before it calls one missing. Without it, collectd takes its own interval.',
      examples: ['10s'],
    },
    meta_tags: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      uniqueItems: true,
      maxItems: 32,
      description:
        'Tags that become meta data of the values. With exec and unixsock only; they take at most 400 bytes of a line, and collectd does not send them over its network.',
      examples: [['vm_id', 'sfc_i']],
    },
    max_series: {
      type: 'integer',
      default: 100_000,
      minimum: 1000,
      maximum: 10_000_000,
      description:
        'Series that are remembered at least, and at most twice as many; a line of another one takes ten times as long. One takes about 2 KiB.',
    },
    unmapped_fields: {
      type: 'string',
      enum: ['map', 'drop'],
      default: 'map',
      description: 'What to do with fields that no entry of a map takes.',
      enumDescriptions: {
        map: 'the plugin is the measurement, the type instance the field; floats and booleans are gauges, integers are derives; the plugin instance are the values of the tags, sorted by key and joined by "-"',
        drop: 'leave them out, counted',
      },
    },
    default_map: {
      type: 'string',
      enum: ['on', 'off'],
      default: 'on',
      description: 'Whether the metrics of common inputs go to the names that the plugins of collectd have for them.',
      enumDescriptions: {
        on: 'yes, unless an entry of "map" takes them',
        off: 'no; they are as all others',
      },
    },
    map: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['measurement'],
        properties: {
          measurement: {
            type: 'string',
            format: 'glob',
            description: 'Measurements that the entry is for.',
            examples: ['nginx'],
          },
          tags: {
            type: 'object',
            additionalProperties: { type: 'string', format: 'glob' },
            description: 'Tag to glob: the line must have all of these tags.',
            examples: [{ server: '*' }],
          },
          fields: {
            type: 'array',
            items: { type: 'string', minLength: 1 },
            description:
              'Fields that are the values of the list, in the order of the data sources of "type"; or one glob, for a list for each field. Without it the entry names the parts of lists that came from collectd, of events, and of fields that no other entry takes.',
            examples: [['accepts', 'handled']],
          },
          host: { type: 'string', description: 'Template of the host.', examples: ['{server}'] },
          plugin: { type: 'string', description: 'Template of the plugin.', examples: ['nginx'] },
          plugin_instance: {
            type: 'string',
            description: 'Template of the plugin instance.',
            examples: ['{port}[-{vm_name}]'],
          },
          type: {
            type: 'string',
            description: 'Template of the type. Without it the kind of the field decides: gauge or derive.',
            examples: ['connections'],
          },
          type_instance: { type: 'string', description: 'Template of the type instance.', examples: ['{field}'] },
        },
      },
      description:
        'Where metrics go; of the entries for a field the first counts, those of the default map come last. In templates {NAME} is a tag, or measurement, field, and for what came from collectd host, plugin, plugin_instance, type and type_instance; {NAME*} what the * of the glob for it stood for; {NAME:mount} a path as the df plugin names it. A part in [brackets] is left out where a name in it has no value.',
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
