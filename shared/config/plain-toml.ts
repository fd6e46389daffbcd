import { parse } from 'smol-toml';
import type { TomlDocument, TomlTable, TomlValue } from './toml-table.ts';

/** Strings of several lines, of which smol-toml keeps a CR, and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ODD_TEXT = /"""|'''|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;

/**
 * Outside of comments an inline table (but the `{` of a variable, `${NAME}`, stands in a string) or an escape: TOML 1.1 widens both, and smol-toml
 * takes that. A line that begins with `#` is a comment where no string has several lines.
 */
const INLINE_TABLE_OR_ESCAPE = /(?:^|\n)(?![ \t]*#)[^\n]*(?:(?<!\$)\{|\\)/;

/**
 * Reads a document as nearly all are, sooner than `readToml`, which is loaded where this gives undefined: for what is wrong, and for
 * all whose values could be others there. It knows no places.
 */
export function readPlainToml(text: string): TomlDocument | undefined {
  if (ODD_TEXT.test(text) || INLINE_TABLE_OR_ESCAPE.test(text)) return undefined;
  const root = parsed(text);
  if (root === undefined || !isPlain(root) || !isInOrder(root)) return undefined;
  return { root, lineOf: () => 0, offsetOf: () => 0 };
}

function parsed(text: string): TomlTable | undefined {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' }) as TomlTable;
  } catch {
    return undefined;
  }
}

/** Without dates, integers that a double cannot hold, and names that an object knows. */
function isPlain(value: TomlValue): boolean {
  if (typeof value === 'bigint' || value instanceof Date) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  return (
    typeof value !== 'object' || Object.entries(value).every(([key, item]) => key !== '__proto__' && isPlain(item))
  );
}

/** Whether the stages stand in their tables as in the file: not when a plugin has several between which others may stand. */
function isInOrder(root: TomlTable): boolean {
  return Object.values(root).every((plugins) => {
    const lists = Object.values(plugins).filter(Array.isArray);
    return lists.length === 1 || lists.every(({ length }) => length === 1);
  });
}
