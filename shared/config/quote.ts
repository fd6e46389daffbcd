const MAX_QUOTED = 60;

/** A value from a configuration as it is shown in a message: strings in quotes, long ones cut. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value);
  if (value instanceof Date) return 'a date';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a table';
  return String(value);
}
