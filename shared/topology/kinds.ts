/** What an entity of a snapshot can be, in the order of their codes. */
export const ENTITY_KINDS = ['node', 'vm', 'port', 'network', 'bridge', 'netdev', 'container', 'pod', 'place'] as const;

export type EntityKind = (typeof ENTITY_KINDS)[number];

/** What a line can be recognised by, from the most exact to the weakest, and the names by which operators call them. */
export const KEY_KINDS = ['port', 'vm', 'container', 'pod', 'if', 'mac', 'dom', 'node'] as const;

export type KeyKind = (typeof KEY_KINDS)[number];
