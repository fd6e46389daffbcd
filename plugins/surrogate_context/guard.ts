import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagName, TagNames } from '../../shared/line-protocol/line-view.ts';
import { ALIASES_OF_NAME, CLAIMED_PREFIX } from './tag-names.ts';

/** What becomes of a context tag that the line brings with another value than ours. */
export type Claimed = 'replace' | 'keep' | 'set_aside';

const NOTHING = toByteString('');

/** A tag, and where it goes when it is set aside. */
interface GuardedTag {
  readonly name: TagName;
  readonly aside: TagName;
}

/** Tells of a claim: the tag's key, what the line said, and what was done. */
export type ClaimListener = (line: LineView, tag: string, claim: ByteString, deed: string) => void;

/**
 * Puts one context tag into lines, and deals with what stands there under its name, under its aliases and under
 * `claimed_<name>`. Doing it twice gives what doing it once gives.
 */
export class TagGuard {
  readonly name: TagName;
  readonly #tag: GuardedTag;
  readonly #aliases: readonly GuardedTag[];
  readonly #claimed: Claimed;
  readonly #onClaim: ClaimListener;

  constructor(name: string, names: TagNames, claimed: Claimed, onClaim: ClaimListener) {
    this.#tag = guardedTag(name, names);
    this.name = this.#tag.name;
    this.#aliases = (ALIASES_OF_NAME[name] ?? []).map((alias) => guardedTag(alias, names));
    this.#claimed = claimed;
    this.#onClaim = onClaim;
  }

  /** @param value ours; undefined where no source has one, and then nobody else has the right to say it either. */
  apply(line: LineView, value: ByteString | undefined): void {
    if (this.#claimed === 'keep') this.#keep(line, value);
    else if (this.#claimed === 'set_aside') this.#setAside(line, value);
    else this.#replace(line, value);
  }

  #replace(line: LineView, value: ByteString | undefined): void {
    for (const tag of [this.#tag, ...this.#aliases]) {
      if (isClaim(line, tag.name, value)) {
        const gone = value === undefined || tag !== this.#tag;
        this.#tell(line, tag.name, gone ? 'removed' : 'replaced');
        if (gone) line.removeTag(tag.name);
      }
      // Nobody but a guest writes this tag here: we set nothing aside.
      if (line.tagCount(tag.aside) > 0) {
        this.#tell(line, tag.aside, 'removed');
        line.removeTag(tag.aside);
      }
    }
    this.#write(line, value);
  }

  #setAside(line: LineView, value: ByteString | undefined): void {
    // Where the tag is ours or absent, claimed_<tag> may be what this stage set aside in an earlier run, and stays. But when
    // our tag would have to be here and is not, no run was before: a guest wrote it.
    if (value !== undefined && line.tagCount(this.#tag.name) === 0 && line.tagCount(this.#tag.aside) > 0) {
      this.#tell(line, this.#tag.aside, 'removed');
      line.removeTag(this.#tag.aside);
    }
    for (const tag of [this.#tag, ...this.#aliases]) {
      if (!isClaim(line, tag.name, value)) continue;
      this.#tell(line, tag.name, 'set aside');
      line.renameTag(tag.name, tag.aside);
      line.removeTag(tag.name);
    }
    this.#write(line, value);
  }

  #keep(line: LineView, value: ByteString | undefined): void {
    const brought = [this.#tag, ...this.#aliases].filter(({ name }) => line.tagCount(name) > 0);
    for (const { name } of brought) {
      if (isClaim(line, name, value)) this.#tell(line, name, 'kept');
    }
    if (brought.length === 0 && value !== undefined) line.setTag(this.name, value);
  }

  #write(line: LineView, value: ByteString | undefined): void {
    if (value === undefined) return;
    if (line.tagCount(this.name) !== 1 || line.tag(this.name) !== value) line.setTag(this.name, value);
  }

  #tell(line: LineView, name: TagName, deed: string): void {
    this.#onClaim(line, name.key, line.tag(name) ?? NOTHING, deed);
  }
}

/** The line says something else than we do. A tag that stands twice says something else too: readers differ on which they take. */
function isClaim(line: LineView, name: TagName, value: ByteString | undefined): boolean {
  const count = line.tagCount(name);
  return count > 1 || (count === 1 && line.tag(name) !== value);
}

function guardedTag(name: string, names: TagNames): GuardedTag {
  return { name: names.of(name), aside: names.of(CLAIMED_PREFIX + name) };
}
