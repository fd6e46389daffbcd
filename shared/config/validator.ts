/** What a validator found; the part of ajv's error object that messages are made from. */
export interface ValidationError {
  /** JSON pointer from the value that was validated; the empty text is the value itself. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/**
 * Checks a value against a schema, all of it, and fills in defaults in place. Compiled by ajv when the program is built, since
 * compiling takes longer than Node itself needs to start.
 */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly ValidationError[] | null | undefined;
}
