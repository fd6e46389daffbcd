/** Every way in which a line can be wrong or unwritable. Stable: users match on them. Explained in `docs/reference/errors.md`. */
export const LINE_ERROR_CODES = [
  'no_measurement',
  'bad_tag',
  'no_fields',
  'bad_field_key',
  'bad_field_value',
  'bad_escape',
  'unclosed_quote',
  'out_of_range',
  'bad_timestamp',
  'trailing_text',
  'too_long',
  'incomplete',
  'unwritable',
] as const;

export type LineErrorCode = (typeof LINE_ERROR_CODES)[number];

/** Bad data: where, what, and a piece of it. */
export class LineProtocolError extends Error {
  override readonly name = 'LineProtocolError';
  readonly code: LineErrorCode;
  /** 1-based; lines are counted by newline bytes, so that a string field with a newline makes two. */
  readonly line: number;
  /** 1-based, in bytes. */
  readonly column: number;
  /** Up to 40 characters around the place, control characters made visible. */
  readonly extract: string;

  constructor(code: LineErrorCode, message: string, line: number, column: number, extract: string) {
    super(`${message} at ${line}:${column}: "${extract}"`);
    this.code = code;
    this.line = line;
    this.column = column;
    this.extract = extract;
  }
}
