/**
 * The context of a surrogate, by the names that the configuration uses whatever the tags are called in the lines; in the
 * order in which tags are added. Source: FLAME CLMC information model, context of surrogate measurements.
 */
export const CONTEXT_KEYS = ['sfc', 'sfc_i', 'sf_pack', 'sf_i', 'surrogate', 'server', 'location'] as const;

export type ContextKey = (typeof CONTEXT_KEYS)[number];

/** Fields of a place, in decimal degrees. */
export const LOCATION_KEYS = ['loc_long', 'loc_lat'] as const;

export type LocationKey = (typeof LOCATION_KEYS)[number];

/** Which names the tags have in the lines. */
export type Profile = 'clmc' | 'flame';

/** How the tag of each key is called. FLAME's later releases prefix the tags and have none for the surrogate itself. */
export const TAG_OF_KEY: Readonly<Record<Profile, Readonly<Partial<Record<ContextKey, string>>>>> = {
  clmc: {
    sfc: 'sfc',
    sfc_i: 'sfc_i',
    sf_pack: 'sf_pack',
    sf_i: 'sf_i',
    surrogate: 'surrogate',
    server: 'server',
    location: 'location',
  },
  flame: {
    sfc: 'flame_sfc',
    sfc_i: 'flame_sfci',
    sf_pack: 'flame_sfp',
    sf_i: 'flame_sf',
    server: 'flame_server',
    location: 'flame_location',
  },
};

/**
 * Other names that a reader of the model takes for the same tag or field, so that a claim under such a name is one too: the
 * model's draft has both names in its own tables.
 */
export const ALIASES_OF_NAME: Readonly<Record<string, readonly string[]>> = {
  sf_pack: ['sf_package'],
  loc_long: ['location_long'],
  loc_lat: ['location_lat'],
};

/** Before the name of a tag that was set aside, and of nothing else. */
export const CLAIMED_PREFIX = 'claimed_';

/** The tag that marks a line without its required context, and its value. */
export const INCOMPLETE_MARK = { tag: 'context', value: 'incomplete' } as const;
