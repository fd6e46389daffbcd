import { type Identifier, MAX_NAME_BYTES } from '../../shared/collectd-protocol/identifier.ts';
import { slashesReplaced } from '../../shared/collectd-protocol/identifier-text.ts';
import { cutAtCharacter } from '../../shared/collectd-protocol/utf8.ts';
import { type ByteString, fromByteString } from '../../shared/line-protocol/byte-string.ts';

/** An identifier that every door of collectd takes, or why there is none. */
export type CleanedIdentifier =
  | { readonly identifier: Identifier; readonly shortened: boolean; readonly problem?: undefined }
  | { readonly identifier?: undefined; readonly problem: string };

/** How an identifier may be changed. */
export interface CleaningRules {
  /** Whether instances that are too long are cut. Those of value lists that came from collectd never are. */
  readonly shorten: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/g;
/** What stays of a name that is cut; the rest is `~` and a hash of the whole, so that different names stay different. */
const KEPT_BYTES = MAX_NAME_BYTES - 9;

/**
 * Makes an identifier fit: control bytes, which no text door can take, become `_`; slashes become what collectd itself makes of them when it dispatches
 * (`slashesReplaced`).
 */
export function cleanIdentifier(identifier: Identifier, { shorten }: CleaningRules): CleanedIdentifier {
  const host = cleanPart(identifier.host);
  const [plugin, instance] = splitPlugin(cleanPart(identifier.plugin), cleanPart(identifier.pluginInstance));
  const type = cleanPart(identifier.type);
  const instances = [instance, cleanPart(identifier.typeInstance)] as const;
  const [pluginInstance, typeInstance] = shorten ? [shortName(instances[0]), shortName(instances[1])] : instances;
  const parts = { host, plugin, plugin_instance: pluginInstance, type, type_instance: typeInstance };
  for (const [name, part] of Object.entries(parts)) {
    if (part.length > MAX_NAME_BYTES)
      return { problem: `${name} ${quoted(part)} is longer than ${MAX_NAME_BYTES} bytes` };
    if (part === '' && !name.endsWith('instance')) return { problem: `${name} is empty` };
  }
  const shortened = pluginInstance !== instances[0] || typeInstance !== instances[1];
  return { identifier: { host, plugin, pluginInstance, type, typeInstance }, shortened };
}

/** The same for what an event is about, where nothing is required. */
export function cleanEventIdentifier(identifier: Identifier): Identifier {
  const [host, plugin, pluginInstance, type, typeInstance] = [
    identifier.host,
    identifier.plugin,
    identifier.pluginInstance,
    identifier.type,
    identifier.typeInstance,
  ].map((part) => shortName(cleanPart(part))) as [ByteString, ByteString, ByteString, ByteString, ByteString];
  return { host, plugin, pluginInstance, type, typeInstance };
}

function cleanPart(part: ByteString): ByteString {
  return slashesReplaced(part.replace(CONTROL, '_') as ByteString);
}

/** The text of an identifier is what names it, and there the first hyphen begins the instance. */
function splitPlugin(plugin: ByteString, instance: ByteString): [plugin: ByteString, instance: ByteString] {
  const hyphen = plugin.indexOf('-');
  if (hyphen < 0) return [plugin, instance];
  const rest = plugin.slice(hyphen + 1);
  return [plugin.slice(0, hyphen) as ByteString, (instance === '' ? rest : `${rest}-${instance}`) as ByteString];
}

function shortName(part: ByteString): ByteString {
  if (part.length <= MAX_NAME_BYTES) return part;
  return `${cutAtCharacter(part, KEPT_BYTES)}~${hash(part)}` as ByteString;
}

/** FNV-1a of 32 bits, in hexadecimal. */
function hash(part: ByteString): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < part.length; i++) sum = Math.imul(sum ^ part.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

function quoted(part: ByteString): string {
  return JSON.stringify(fromByteString(part.slice(0, 60) as ByteString));
}
