import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { LineView, TagNames } from '../../shared/line-protocol/line-view.ts';
import { FieldGuard } from './field-guard.ts';
import { type Claimed, type ClaimListener, TagGuard } from './guard.ts';
import { LOCATION_KEYS, type LocationKey } from './tag-names.ts';

/**
 * Adds the coordinates as fields, and protects them. Tags of these names are guarded as context tags that no source has, since
 * they hide the fields from queries.
 */
export class LocationGuard {
  readonly #tags: readonly TagGuard[];
  readonly #fields: readonly FieldGuard[];

  constructor(names: TagNames, claimed: Claimed, onClaim: ClaimListener) {
    this.#tags = LOCATION_KEYS.map((key) => new TagGuard(key, names, claimed, onClaim));
    this.#fields = LOCATION_KEYS.map((key) => new FieldGuard(key, claimed, onClaim));
  }

  /** @param ours the coordinates; where one is absent no source has it, and then nobody else has the right to say it either. */
  apply(line: LineView, ours: ReadonlyMap<LocationKey, ByteString>): void {
    for (const tag of this.#tags) tag.apply(line, undefined);
    const brought = this.#fields.map((field) => field.write(line, ours.get(field.key)));
    for (const [i, field] of this.#fields.entries()) field.clear(line, ours.get(field.key), brought[i] === true);
  }
}
