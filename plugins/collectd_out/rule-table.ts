import type { LineHead } from '../../shared/collectd-lines/line-head.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { MapRule, RuleMatch } from './map-rules.ts';

/** Measurements of which the rules are remembered: they are few, but come from outside. */
const MAX_MEASUREMENTS = 4096;

/** The entries of the map, in their order. Most are for one measurement, so those for each are looked for once. */
export class RuleTable {
  readonly #rules: readonly MapRule[];
  readonly #known = new Map<ByteString, readonly RuleMatch[]>();

  constructor(rules: readonly MapRule[]) {
    this.#rules = rules;
  }

  /** What the rules for a line say of it. */
  matching({ measurement, tags }: LineHead): readonly RuleMatch[] {
    let matches = this.#known.get(measurement);
    if (matches === undefined) {
      matches = this.#rules.flatMap((rule) => rule.matchMeasurement(measurement) ?? []);
      if (this.#known.size >= MAX_MEASUREMENTS) this.#known.clear();
      this.#known.set(measurement, matches);
    }
    return matches.length === 0 ? matches : matches.flatMap((match) => match.rule.matchTags(match, tags) ?? []);
  }
}
