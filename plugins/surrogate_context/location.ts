import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldValue, LineView, TagNames } from '../../shared/line-protocol/line-view.ts';
import { type Claimed, type ClaimListener, TagGuard } from './guard.ts';
import { ALIASES_OF_NAME, LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/**
 * Adds the coordinates as fields. Fields of the line are never changed: a line that brings other coordinates keeps them and
 * is counted as a claim. Tags of these names are guarded as context tags are, since they hide the fields from queries.
 */
export class LocationGuard {
  readonly #claimed: Claimed;
  readonly #onClaim: ClaimListener;
  readonly #tags: readonly TagGuard[];

  constructor(names: TagNames, claimed: Claimed, onClaim: ClaimListener) {
    this.#claimed = claimed;
    this.#onClaim = onClaim;
    this.#tags = LOCATION_KEYS.map((key) => new TagGuard(key, names, claimed, onClaim));
  }

  apply(line: LineView, fields: ReadonlyMap<LocationKey, ByteString>): void {
    for (const tag of this.#tags) tag.apply(line, undefined);
    for (const [key, text] of fields) {
      const brought = [key, ...(ALIASES_OF_NAME[key] ?? [])].filter((name) => this.#isClaim(line, name, text));
      if (brought.length === 0 || this.#claimed !== 'keep') line.addField(toByteString(key), text);
    }
  }

  #isClaim(line: LineView, name: string, text: ByteString): boolean {
    const field = line.field(toByteString(name));
    if (field === undefined || (field.kind === 'float' && field.value === Number(text))) return false;
    this.#onClaim(line, name, fieldAsText(field), 'a field cannot be replaced, so it stays');
    return true;
  }
}

function fieldAsText(field: FieldValue): ByteString {
  return field.kind === 'string' ? field.value : toByteString(String(field.value));
}
