import { didYouMean } from '../../shared/config/near-miss.ts';
import { ATTRIBUTE_NAMES, type Attribute, attributeOf } from '../../shared/topology/attributes.ts';
import { IDENTITY_TAGS } from '../../shared/topology/line-keys.ts';

/** A tag to add: what is known under `attribute`, written under `tag`. */
export interface WantedTag {
  readonly attribute: Attribute;
  readonly tag: string;
}

/**
 * Tags by which the next stage would recognise the line: a name of ours in their place would make another line of it. `host` may
 * be asked for, and the id of a container is one.
 */
const KEY_TAGS: ReadonlySet<string> = new Set(IDENTITY_TAGS.filter((tag) => tag !== 'host' && tag !== 'container_id'));

/** Reads one item of the option `tags`: an attribute, or `attribute=tag`. A text tells what is wrong with it. */
export function readWantedTag(item: string): WantedTag | string {
  // a tag may not hold "=" here, but a key of metadata may
  const equals = item.lastIndexOf('=');
  const name = equals < 0 ? item : item.slice(0, equals);
  const tag = equals < 0 ? item : item.slice(equals + 1);
  const attribute = attributeOf(name);
  if (attribute === undefined) {
    return `unknown attribute "${name}"${didYouMean(name, ATTRIBUTE_NAMES)}; there are ${ATTRIBUTE_NAMES.join(', ')}, metadata.<key> and label.<key>`;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (tag === '' || /[\x00-\x1f\x7f]|\\$/.test(tag)) return `"${item}" names no tag after "="`;
  if (KEY_TAGS.has(tag)) return `lines are recognised by their tag "${tag}"; choose another name in "${item}"`;
  return { attribute, tag };
}

/** What is wrong with the option `tags`, as [option path, message]. */
export function problemsOfTags(
  items: readonly string[],
  keyTags: readonly string[],
): [path: string, message: string][] {
  const problems: [string, string][] = [];
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const wanted = readWantedTag(item);
    if (typeof wanted === 'string') problems.push([`tags.${i}`, wanted]);
    else if (seen.has(wanted.tag)) problems.push([`tags.${i}`, `two values for the tag "${wanted.tag}"`]);
    else if (keyTags.includes(wanted.tag) && wanted.tag !== 'host') {
      problems.push([`tags.${i}`, `lines are recognised by their tag "${wanted.tag}" ([[key]]); choose another name`]);
    } else seen.add(wanted.tag);
  }
  return problems;
}
