import { toByteString } from './byte-string.ts';
import { escapeKey } from './escape.ts';
import type { Kernel } from './kernel.ts';
import type { TagName, TagNames } from './line-view.ts';

const MAX_NAMES = 250;

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
        throw new RangeError(
          `More than ${MAX_NAMES} tag names or 16 KiB of them are asked for, the last one "${text}"`,
        );
      }
      names.set(text, name);
      return name;
    },
  };
}
