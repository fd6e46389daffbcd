/** What a statistic stands at. Counters are bigints; a number is written as float. */
export type Reading = number | bigint | string;

/**
 * One line of line protocol, in the form that every parser reads alike. Numbers that are not finite are left out; undefined when
 * no field is left.
 */
export function renderStats(
  measurement: string,
  tags: Readonly<Record<string, string>>,
  readings: readonly (readonly [name: string, Reading])[],
  timeNs: bigint,
): string | undefined {
  const fields = readings.flatMap(([name, reading]) => {
    const text = fieldText(reading);
    return text === undefined ? [] : [`${name}=${text}`];
  });
  if (fields.length === 0) return undefined;
  const tagSet = Object.entries(tags)
    .map(([key, value]) => [key, tagText(value)])
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `,${key}=${value}`);
  return `${measurement}${tagSet.join('')} ${fields.join(',')} ${timeNs}`;
}

function fieldText(reading: Reading): string | undefined {
  if (typeof reading === 'bigint') return `${reading}i`;
  if (typeof reading === 'number') return Number.isFinite(reading) ? String(reading) : undefined;
  return `"${clean(reading).replace(/["\\]/g, '\\$&')}"`;
}

function tagText(value: string): string {
  // a backslash before a separator or at the end is read differently by different parsers: none is written
  return clean(value).replaceAll('\\', '/').replace(/[,= ]/g, '\\$&');
}

function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f]/g, '_');
}
