import { toByteString } from './byte-string.ts';
import { escapeKey } from './escape.ts';
import type { Kernel } from './kernel.ts';
import type { TagName, TagNames } from './line-view.ts';

const MAX_NAMES = 250;

/** More different tags are asked about than the kernel can tell apart, which a configuration can bring about; the message is for the operator. */
export class TooManyTagsError extends RangeError {
  override readonly name = 'TooManyTagsError';
}

/** The tag names of a process, made known to the kernel. Names must be asked for before the first line is scanned. */
export function createTagNames(kernel: Kernel): TagNames {
  const names = new Map<string, TagName>();
  return {
    of(text) {
      const known = names.get(text);
      if (known) return known;
      const name = { key: toByteString(text), id: names.size };
      const raw = escapeKey(name.key);
      const written = kernel.bytes.write(raw, kernel.asideAt, 'latin1');
      if (names.size === MAX_NAMES || !kernel.addName(kernel.asideAt, written, name.id)) {
        throw new TooManyTagsError(
          `More than ${MAX_NAMES} different tags, or 16 KiB of their names, are asked about, the last one "${text.slice(0, 100)}": name fewer in the options`,
        );
      }
      names.set(text, name);
      return name;
    },
  };
}
