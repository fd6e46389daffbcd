import { fromByteString } from '../line-protocol/byte-string.ts';
import { ENTITY_KINDS, type EntityKind } from './kinds.ts';
import type { FoundEntity } from './resolve.ts';

/** Something that can be said about the owner of a line, e.g. `vm_name`. */
export interface Attribute {
  readonly name: string;
  /** The kinds that can say it, the best first. */
  readonly kinds: readonly EntityKind[];
  /** What an entity of one of these kinds says. */
  valueOf(entity: FoundEntity): string | undefined;
}

/** What a source that has a name can say about an entity: the first of these. */
type Reading = 'id' | 'name in id' | { readonly attribute: string };

const NAMED: Readonly<Record<string, readonly (readonly [EntityKind, ...Reading[]])[]>> = {
  vm_id: [['vm', 'id']],
  vm_name: [['vm', { attribute: 'name' }]],
  project_id: owners('project_id'),
  project: owners('project'),
  flavor: [['vm', { attribute: 'flavor' }]],
  port_id: [['port', 'id']],
  port_name: [['port', { attribute: 'name' }]],
  network_id: [['network', 'id']],
  network_name: [['network', { attribute: 'name' }]],
  bridge: [['bridge', { attribute: 'name' }, 'name in id']],
  container_id: [['container', 'id']],
  container_name: [['container', { attribute: 'name' }]],
  pod: [['pod', { attribute: 'name' }]],
  pod_id: [['pod', 'id']],
  namespace: [
    ['pod', { attribute: 'namespace' }],
    ['container', { attribute: 'namespace' }],
  ],
  node: [['node', 'id']],
  server: [['node', { attribute: 'server' }, 'id']],
  location: [
    ['place', { attribute: 'location' }, { attribute: 'name' }, 'id'],
    ['node', { attribute: 'location' }],
  ],
};

function owners(attribute: string): (readonly [EntityKind, Reading])[] {
  return [
    ['vm', { attribute }],
    ['container', { attribute }],
    ['pod', { attribute }],
  ];
}

/** The names that need no prefix, for documentation and near misses. */
export const ATTRIBUTE_NAMES: readonly string[] = Object.keys(NAMED);

/**
 * The attribute of this name: one of `ATTRIBUTE_NAMES`, `metadata.<key>` (Nova metadata of the VM), `label.<key>` (of the
 * container or pod), or `<kind>.<attribute>`, e.g. `vm.flavor`. Undefined when there is none.
 */
export function attributeOf(name: string): Attribute | undefined {
  const readings = Object.hasOwn(NAMED, name) ? NAMED[name] : readingsOf(name);
  if (readings === undefined) return undefined;
  return {
    name,
    kinds: readings.map(([kind]) => kind),
    valueOf(entity) {
      for (const [kind, ...own] of readings) if (kind === entity.kind) return firstOf(entity, own);
      return undefined;
    },
  };
}

function readingsOf(name: string): readonly (readonly [EntityKind, ...Reading[]])[] | undefined {
  const dot = name.indexOf('.');
  const prefix = name.slice(0, dot);
  const rest = name.slice(dot + 1);
  if (dot < 1 || rest === '') return undefined;
  if (prefix === 'metadata') return [['vm', { attribute: name }]];
  if (prefix === 'label')
    return [
      ['container', { attribute: name }],
      ['pod', { attribute: name }],
    ];
  if (!(ENTITY_KINDS as readonly string[]).includes(prefix)) return undefined;
  return [[prefix as EntityKind, rest === 'id' ? 'id' : { attribute: rest }]];
}

function firstOf(entity: FoundEntity, readings: readonly Reading[]): string | undefined {
  for (const reading of readings) {
    const value = read(entity, reading);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function read(entity: FoundEntity, reading: Reading): string | undefined {
  if (reading === 'id') return fromByteString(entity.id);
  if (reading === 'name in id') return fromByteString(entity.id).replace(/^[^/]*\//, '');
  return entity.attributes[reading.attribute];
}
