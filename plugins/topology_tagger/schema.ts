import type { OptionSchema, OptionsOf } from '../../shared/config/schema.ts';
import { KEY_KINDS } from '../../shared/topology/kinds.ts';

/** The options of topology_tagger. */
export const schema = {
  title: 'Add who-runs-where tags: VM, project, network, server, location, by the identity that a line carries.',
  type: 'object',
  additionalProperties: false,
  properties: {
    static: {
      type: 'string',
      minLength: 1,
      description:
        'TOML file in which you list interfaces, MAC addresses, domains and hosts with their tags. It is followed; a version with a mistake is reported and the last good one stays.',
      examples: ['/etc/crosslayer/topology.toml'],
    },
    snapshot: {
      type: 'string',
      minLength: 1,
      description:
        'Topology snapshot of this node, as an agent writes it. It is followed; while it is missing, damaged, of another node or older, the last good one stays.',
      examples: ['/run/crosslayer/topology.json'],
    },
    node: {
      type: 'string',
      minLength: 1,
      description:
        'Name of this node in the snapshot; default is the host name. Only the part before the first dot counts, without case.',
      examples: ['node-1'],
    },
    tags: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 256 },
      default: ['vm_id', 'vm_name', 'project_id', 'network_id'],
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
      description:
        'Tags to add, in this order. "attribute=tag" adds it under another name, e.g. "vm_name=instance". Metadata and labels are written by tenants: metadata.<key> and label.<key> are only added when named here.',
      examples: [['vm_id', 'vm_name=instance', 'server', 'location', 'metadata.role=role']],
    },
    existing: {
      type: 'string',
      enum: ['replace', 'keep'],
      default: 'replace',
      description: 'What to do with a tag that the line has already.',
      enumDescriptions: {
        replace: 'write the value of the topology in its place; where nothing is known, it stays',
        keep: 'leave it as it is',
      },
    },
    grace: {
      type: 'string',
      format: 'duration',
      default: '30s',
      maximum: '1h',
      description:
        'How long after its end an interface, domain or VM is still found, for lines that come late, unless another has taken its place.',
    },
    max_values: {
      type: 'integer',
      default: 2000,
      minimum: 1,
      maximum: 10_000_000,
      description:
        'Most different values of one tag. Those that come later in the static table and snapshot are left out and counted.',
    },
    max_snapshot_bytes: {
      type: 'string',
      format: 'size',
      default: '256MiB',
      minimum: '1KiB',
      maximum: '512MiB',
      description: 'A larger snapshot is refused. One of 2,000 taps has about 1.5 MB.',
    },
    poll_interval: {
      type: 'string',
      format: 'duration',
      default: '1s',
      minimum: '10ms',
      maximum: '1h',
      description: 'How often to look whether the files have changed.',
    },
    key: {
      type: 'array',
      maxItems: 100,
      description:
        'Tags that say who a line is about, besides those that are known by themselves. They are tried after these, tables without order first.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tag', 'kind'],
        properties: {
          tag: { type: 'string', minLength: 1, maxLength: 256, description: 'The tag.', examples: ['type_instance'] },
          kind: {
            type: 'string',
            enum: KEY_KINDS,
            description: 'What its value is.',
            enumDescriptions: {
              port: 'id of a port, e.g. of Neutron',
              vm: 'uuid of a VM',
              container: 'id of a container, 12 or 64 characters',
              pod: 'uid of a pod',
              if: 'interface of this node',
              mac: 'MAC address of a guest',
              dom: 'libvirt domain of this node',
              node: 'host',
            },
            examples: ['if'],
          },
          measurement: {
            type: 'string',
            format: 'glob',
            description: 'Only in lines of these measurements.',
            examples: ['virt_*'],
          },
          order: {
            type: 'integer',
            minimum: 0,
            maximum: 1_000_000,
            description: 'Place among these tables.',
            examples: [1],
          },
        },
      },
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
