/**
 * Identifiers as text, `host/plugin[-plugin_instance]/type[-type_instance]`, as collectd's text doors and logs have them.
 *
 * Sources: src/utils/common/common.c, parse_identifier and escape_slashes, and what collectd 5.12 was observed to answer.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { hasLongPart, type Identifier, MAX_NAME_BYTES } from './identifier.ts';
import { type TextProblem, textProblem } from './text-problem.ts';
import { cutAtCharacter } from './utf8.ts';
import type { WriteProblemReason } from './write-problem.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
const UNTEXTUAL = /[/\x00\n]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what needs no look is asked for
const CLEAN = /^[^/\x00-\x1f\x7f]*$/;

/**
 * Reads an identifier. The first two slashes separate host, plugin and type; the first `-` of plugin and type begins the instance. A slash behind
 * the second becomes `_`, as collectd writes it when it dispatches.
 *
 * @param hostname takes the place of an empty host, as collectd's own name does; without it an empty host is refused
 */
export function parseIdentifier(text: ByteString, hostname = '' as ByteString): Identifier | TextProblem {
  const first = text.indexOf('/');
  const second = first < 0 ? -1 : text.indexOf('/', first + 1);
  if (second < 0) return textProblem('bad_identifier', text);
  if (text.includes('\0')) return textProblem('nul_byte', text);
  const [plugin, pluginInstance] = splitInstance(text.slice(first + 1, second));
  const [type, typeInstance] = splitInstance(text.slice(second + 1));
  const host = (text.slice(0, first) || hostname) as ByteString;
  const identifier = { host, plugin, pluginInstance, type, typeInstance };
  if (host === '' || plugin === '' || type === '') return textProblem('empty_part', text);
  if (hasLongPart(identifier)) return textProblem('long_part', text);
  if (!type.includes('/') && !typeInstance.includes('/')) return identifier;
  return { ...identifier, type: slashesReplaced(type), typeInstance: slashesReplaced(typeInstance) };
}

function splitInstance(text: string): [name: ByteString, instance: ByteString] {
  const dash = text.indexOf('-');
  if (dash < 0) return [text as ByteString, '' as ByteString];
  return [text.slice(0, dash) as ByteString, text.slice(dash + 1) as ByteString];
}

/** The text of an identifier that {@link identifierProblem} has nothing against; of others for messages only. Without quotes. */
export function formatIdentifier({ host, plugin, pluginInstance, type, typeInstance }: Identifier): ByteString {
  const pluginPart = pluginInstance === '' ? plugin : `${plugin}-${pluginInstance}`;
  const typePart = typeInstance === '' ? type : `${type}-${typeInstance}`;
  return `${host}/${pluginPart}/${typePart}` as ByteString;
}

/** Why the text of this identifier would not be read as the same identifier. */
export function identifierProblem(identifier: Identifier): WriteProblemReason | undefined {
  const { host, plugin, pluginInstance, type, typeInstance } = identifier;
  if (host === '' || plugin === '' || type === '') return 'empty_part';
  if (hasLongPart(identifier)) return 'long_part';
  if (plugin.includes('-') || type.includes('-')) return 'dash_in_name';
  for (const part of [host, plugin, pluginInstance, type, typeInstance]) {
    if (!UNTEXTUAL.test(part)) continue;
    if (part.includes('/')) return 'slash_in_part';
    return part.includes('\0') ? 'nul_byte' : 'newline';
  }
  return undefined;
}

/**
 * Makes an identifier from names that someone else chose fit for text: slashes as the daemon replaces them, control bytes and the `-` of plugin and
 * type become `_`, parts are cut at 127 bytes. Host, plugin and type can be empty afterwards only when they were before.
 */
export function cleanIdentifier(identifier: Identifier): {
  readonly identifier: Identifier;
  readonly changed: boolean;
} {
  const cleaned = {
    host: cleanPart(identifier.host),
    plugin: cleanPart(identifier.plugin).replaceAll('-', '_') as ByteString,
    pluginInstance: cleanPart(identifier.pluginInstance),
    type: cleanPart(identifier.type).replaceAll('-', '_') as ByteString,
    typeInstance: cleanPart(identifier.typeInstance),
  };
  const keys = ['host', 'plugin', 'pluginInstance', 'type', 'typeInstance'] as const;
  const changed = keys.some((key) => cleaned[key] !== identifier[key]);
  return { identifier: changed ? cleaned : identifier, changed };
}

/** One part so: without slashes and control bytes, at most 127 bytes. */
export function cleanPart(part: ByteString): ByteString {
  const clean = CLEAN.test(part) ? part : (slashesReplaced(part).replace(CONTROL, '_') as ByteString);
  return cutAtCharacter(clean, MAX_NAME_BYTES);
}

/** What collectd makes of a part when it dispatches values: one leading slash vanishes, others become `_`, a lone one `root`. */
export function slashesReplaced(part: ByteString): ByteString {
  if (part === '/') return 'root' as ByteString;
  return (part.startsWith('/') ? part.slice(1) : part).replaceAll('/', '_') as ByteString;
}
