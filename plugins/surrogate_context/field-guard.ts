import { type ByteString, toByteString } from '../../shared/line-protocol/byte-string.ts';
import { formatFieldValue } from '../../shared/line-protocol/format.ts';
import type { FieldValue, LineView } from '../../shared/line-protocol/line-view.ts';
import type { Claimed, ClaimListener } from './guard.ts';
import { ALIASES_OF_NAME, CLAIMED_PREFIX, type LocationKey } from './tag-names.ts';

const UNCHANGED = 'kept, as it is the only field, or the line is malformed';

/** A field, and where it goes when it is set aside. */
interface GuardedField {
  readonly key: ByteString;
  readonly aside: ByteString;
}

/**
 * Puts one coordinate into lines as a field, and deals with what stands there under its name, under its aliases and under
 * `claimed_<name>`, as `TagGuard` does with tags. Ours is given as `fieldText` writes it: with that text a claim is compared.
 *
 * It comes in two steps, since the last field of a line cannot be removed: first all coordinates are written, then the rest goes.
 */
export class FieldGuard {
  readonly key: LocationKey;
  readonly #own: GuardedField;
  readonly #aliases: readonly GuardedField[];
  readonly #claimed: Claimed;
  readonly #onClaim: ClaimListener;

  constructor(key: LocationKey, claimed: Claimed, onClaim: ClaimListener) {
    this.key = key;
    this.#own = guardedField(key);
    this.#aliases = (ALIASES_OF_NAME[key] ?? []).map(guardedField);
    this.#claimed = claimed;
    this.#onClaim = onClaim;
  }

  /** The first step. Gives whether the line had a field of this name. */
  write(line: LineView, ours: ByteString | undefined): boolean {
    const brought = line.field(this.#own.key);
    if (this.#claimed === 'keep') this.#keep(line, ours);
    else if (ours !== undefined) {
      if (!brought) line.addField(this.#own.key, ours);
      else if (fieldText(brought) !== ours) this.#deal(line, this.#own, brought, ours);
      // of several only one stays
      else line.setField(this.#own.key, ours);
    }
    return brought !== undefined;
  }

  /** The second step: `brought` is what the first one gave. */
  clear(line: LineView, ours: ByteString | undefined, brought: boolean): void {
    if (this.#claimed === 'keep') return;
    const all = [this.#own, ...this.#aliases];
    // With set_aside, claimed_<field> may come from an earlier run, but not where that would have left our field, too.
    if (this.#claimed === 'replace' || (ours !== undefined && !brought)) {
      for (const { aside } of all) this.#remove(line, aside);
    }
    for (const field of ours === undefined ? all : this.#aliases) {
      const value = line.field(field.key);
      if (!value) continue;
      if (ours === undefined || fieldText(value) !== ours) this.#deal(line, field, value, undefined);
      else line.setField(field.key, ours);
    }
  }

  #keep(line: LineView, ours: ByteString | undefined): void {
    let brought = false;
    for (const { key } of [this.#own, ...this.#aliases]) {
      const value = line.field(key);
      if (!value) continue;
      brought = true;
      if (fieldText(value) !== ours) this.#tell(line, key, value, 'kept');
    }
    if (!brought && ours !== undefined) line.addField(this.#own.key, ours);
  }

  /** Writes ours in place of a claim; where there is none, the claim goes. */
  #deal(line: LineView, { key, aside }: GuardedField, claim: FieldValue, ours: ByteString | undefined): void {
    const text = this.#claimed === 'set_aside' ? fieldText(claim) : undefined;
    const isAside = text !== undefined && write(line, aside, text);
    const isDone = ours === undefined ? line.removeField(key) : write(line, key, ours);
    const deed = isAside ? 'set aside' : ours === undefined ? 'removed' : 'replaced';
    this.#tell(line, key, claim, isDone ? deed : UNCHANGED);
  }

  #remove(line: LineView, key: ByteString): void {
    const value = line.field(key);
    if (value) this.#tell(line, key, value, line.removeField(key) ? 'removed' : UNCHANGED);
  }

  #tell(line: LineView, key: ByteString, claim: FieldValue, deed: string): void {
    const { kind, value } = claim;
    this.#onClaim(line, key, kind === 'string' ? value : toByteString(String(value)), deed);
  }
}

/** Gives whether the field is there afterwards: not in a malformed line, nor beyond what a stage may write into one. */
function write(line: LineView, key: ByteString, text: ByteString): boolean {
  line.setField(key, text);
  const field = line.field(key);
  return field !== undefined && fieldText(field) === text;
}

/** The value as it is written; undefined for one that may not be. */
function fieldText(field: FieldValue): ByteString | undefined {
  return formatFieldValue(field) as ByteString | undefined;
}

function guardedField(key: string): GuardedField {
  return { key: toByteString(key), aside: toByteString(CLAIMED_PREFIX + key) };
}
