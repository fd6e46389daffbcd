/** A value as TOML knows it. Integers beyond 2^53 are bigints; dates are what no option takes. */
export type TomlValue = string | number | bigint | boolean | Date | TomlValue[] | TomlTable;

export interface TomlTable {
  [key: string]: TomlValue;
}

/** A file that was read: what it says and where. Places are JSON pointers (RFC 6901). */
export interface TomlDocument {
  readonly root: TomlTable;
  /** The 1-based line on which the value was named; else that of the nearest table around it, else 0. */
  lineOf(pointer: string): number;
  /** How far into the file the value begins, to sort by; after everything when it is not there. */
  offsetOf(pointer: string): number;
}

/** One step of a JSON pointer, escaped. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The document of a file with nothing in it. */
export function emptyDocument(): TomlDocument {
  return { root: Object.create(null), lineOf: () => 0, offsetOf: () => Number.MAX_SAFE_INTEGER };
}
