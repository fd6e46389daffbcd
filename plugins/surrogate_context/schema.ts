import type { OptionSchema, OptionsOf, StringSchema } from '../../shared/config/schema.ts';
import { KEY_KINDS } from '../../shared/topology/kinds.ts';
import { CONTEXT_KEYS } from './tag-names.ts';

const contextValue = { type: 'string', minLength: 1, maxLength: 256 } as const satisfies StringSchema;

const snapshotKey = { type: 'string', minLength: 1, maxLength: 256 } as const satisfies StringSchema;

/** The options of surrogate_context. */
export const schema = {
  title:
    'Inject the service context of the surrogate that a line is about, and protect it against what a guest claims.',
  type: 'object',
  additionalProperties: false,
  properties: {
    context_file: {
      type: 'string',
      minLength: 1,
      description:
        'TOML file with one context, or with many that are selected by the values of tags. It is followed; a version with a mistake is reported and the last good one stays.',
      examples: ['/etc/crosslayer/context.toml'],
    },
    max_context_file_bytes: {
      type: 'string',
      format: 'size',
      default: '1MiB',
      minimum: '1KiB',
      maximum: '64MiB',
      description: 'A larger context file is refused.',
    },
    snapshot: {
      type: 'string',
      minLength: 1,
      description:
        'Topology snapshot that knows the metadata and labels of VMs and containers. Only what snapshot_keys names is taken from it.',
      examples: ['/run/crosslayer/topology.json'],
    },
    node: {
      type: 'string',
      minLength: 1,
      description: 'Name of this node in the snapshot; default is the host name.',
      examples: ['node-1'],
    },
    grace: {
      type: 'string',
      format: 'duration',
      default: '30s',
      maximum: '1h',
      description:
        'How long after its end an interface, VM or container is still found in the snapshot, for lines that come late, unless another has taken its place.',
    },
    max_values: {
      type: 'integer',
      default: 2000,
      minimum: 1,
      maximum: 10_000_000,
      description:
        'Most different values that one tag may take from the snapshot. Those that come later in it are left out and counted.',
    },
    max_snapshot_bytes: {
      type: 'string',
      format: 'size',
      default: '256MiB',
      minimum: '1KiB',
      maximum: '1GiB',
      description: 'A larger snapshot is refused.',
    },
    profile: {
      type: 'string',
      enum: ['clmc', 'flame'],
      default: 'clmc',
      description: 'How the tags are called in the lines. In this configuration they always have the names of "clmc".',
      enumDescriptions: {
        clmc: 'sfc, sfc_i, sf_pack, sf_i, surrogate, server, location',
        flame: 'flame_sfc, flame_sfci, flame_sfp, flame_sf, flame_server, flame_location',
      },
    },
    claimed: {
      type: 'string',
      enum: ['replace', 'keep', 'set_aside'],
      default: 'replace',
      description:
        'What to do with a context tag that a line brings with another value than ours. It concerns the tags that the sources below can set, and coordinates with location_fields = "add".',
      enumDescriptions: {
        replace: 'our value takes its place; where no source has a value, the tag is removed',
        keep: 'it stays, and our value is not written',
        set_aside: 'it is renamed to claimed_<tag>, and our value is written',
      },
    },
    required: {
      type: 'array',
      items: { type: 'string', enum: CONTEXT_KEYS },
      uniqueItems: true,
      description: 'Context that every line must have in the end, whoever set it.',
      examples: [['sfc', 'sfc_i']],
    },
    missing: {
      type: 'string',
      enum: ['pass', 'drop', 'mark'],
      default: 'pass',
      description: 'What to do with a line that lacks required context. It is counted in any case.',
      enumDescriptions: {
        pass: 'leave it as it is',
        drop: 'discard it',
        mark: 'add the tag context=incomplete',
      },
    },
    location_fields: {
      type: 'string',
      enum: ['none', 'add'],
      default: 'none',
      description: 'Whether to add the coordinates that the sources have, and to protect them.',
      enumDescriptions: {
        none: 'no',
        add: 'as fields loc_long and loc_lat, in decimal degrees; for those that a line brings see claimed. Every line is then looked at by itself, which costs CPU',
      },
    },
    context: {
      type: 'object',
      additionalProperties: false,
      description: 'Context of every line. It wins over context_file, which wins over the snapshot, tag by tag.',
      properties: {
        sfc: { ...contextValue, description: 'Service function chain: the template.', examples: ['media_dash'] },
        sfc_i: { ...contextValue, description: 'Instance of the chain.', examples: ['media_dash_1'] },
        sf_pack: {
          ...contextValue,
          description: 'Package of the service function, with its version.',
          examples: ['mpegdash_1.2'],
        },
        sf_i: { ...contextValue, description: 'Instance of the service function.', examples: ['mpegdash_1'] },
        surrogate: {
          ...contextValue,
          description: 'The VM or container that runs it.',
          examples: ['mpegdash_1_vm3'],
        },
        server: { ...contextValue, description: 'The server that hosts the surrogate.', examples: ['compute01'] },
        location: {
          ...contextValue,
          description: 'Where the server is; parts of a hierarchy are joined by dots.',
          examples: ['uk.bristol.lamp_1'],
        },
        loc_long: {
          type: 'number',
          description: 'Longitude in decimal degrees, for location_fields.',
          examples: [-0.778276],
        },
        loc_lat: {
          type: 'number',
          description: 'Latitude in decimal degrees, for location_fields.',
          examples: [50.842715],
        },
      },
    },
    snapshot_keys: {
      type: 'object',
      additionalProperties: false,
      description:
        'Where the snapshot has the context: metadata.<key>, label.<key>, vm_name, container_name, pod, server, location or <kind>.<attribute>. Tenants write metadata and labels themselves, so name only keys that they may set.',
      properties: {
        sfc: { ...snapshotKey, description: 'Source of sfc.', examples: ['metadata.sfc'] },
        sfc_i: { ...snapshotKey, description: 'Source of sfc_i.', examples: ['metadata.sfc_i'] },
        sf_pack: { ...snapshotKey, description: 'Source of sf_pack.', examples: ['metadata.sf_pack'] },
        sf_i: { ...snapshotKey, description: 'Source of sf_i.', examples: ['metadata.sf_i'] },
        surrogate: { ...snapshotKey, description: 'Source of surrogate.', examples: ['vm_name'] },
        server: { ...snapshotKey, description: 'Source of server.', examples: ['server'] },
        location: { ...snapshotKey, description: 'Source of location.', examples: ['location'] },
        loc_long: { ...snapshotKey, description: 'Source of the longitude.', examples: ['place.loc_long'] },
        loc_lat: { ...snapshotKey, description: 'Source of the latitude.', examples: ['place.loc_lat'] },
      },
    },
    key: {
      type: 'array',
      maxItems: 100,
      description:
        'Tags that say who a line is about, besides those that are known by themselves; for the snapshot. A tag that a guest can write lets it choose its context.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tag', 'kind'],
        properties: {
          tag: { type: 'string', minLength: 1, maxLength: 256, description: 'The tag.', examples: ['vm_id'] },
          kind: {
            type: 'string',
            enum: KEY_KINDS,
            description: 'What its value is.',
            examples: ['vm'],
          },
          measurement: {
            type: 'string',
            format: 'glob',
            description: 'Only in lines of these measurements.',
            examples: ['mpegdash_*'],
          },
        },
      },
    },
  },
} as const satisfies OptionSchema;

/** Options after validation. */
export type Options = OptionsOf<typeof schema>;
