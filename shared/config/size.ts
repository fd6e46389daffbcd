/**
 * Sizes as Telegraf reads them (its config/types.go over alecthomas/units): bytes as digits, or with units, `64KiB`, `1.5MB`,
 * `1GiB512MiB`; KB, MB … count by 1000, KiB, MiB … by 1024; upper and lower case matter; the empty text is 0.
 */

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  ...units('B', 1000),
  ...units('iB', 1024),
};

const SIZE = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i?)?B)+$/;
const PART = /(\d+\.?\d*|\.\d+)((?:[KMGTPE]i?)?B)/g;

/** The size in whole bytes; undefined when the text is none. */
export function parseSize(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (/^[-+]?\d+$/.test(trimmed)) return exact(Number(trimmed));
  if (!SIZE.test(trimmed)) return undefined;
  let bytes = 0;
  for (const [, count, unit] of trimmed.matchAll(PART))
    bytes += Number(count) * (BYTES_PER_UNIT[unit as string] as number);
  return exact(Math.trunc(trimmed.startsWith('-') ? -bytes : bytes));
}

/** Bytes as an operator would write them, for messages: `2097152` is `2MiB`. */
export function formatSize(bytes: number): string {
  for (const unit of ['EiB', 'PiB', 'TiB', 'GiB', 'MiB', 'KiB']) {
    const factor = BYTES_PER_UNIT[unit] as number;
    if (bytes !== 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}

function units(suffix: string, base: number): Record<string, number> {
  return Object.fromEntries([...'KMGTPE'].map((letter, i) => [`${letter}${suffix}`, base ** (i + 1)]));
}

function exact(bytes: number): number | undefined {
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
