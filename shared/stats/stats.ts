import type { Countable } from '../line-protocol/line-view.ts';

/** A number that only grows; a field of `internal_<plugin>`. */
export interface Counter extends Countable {
  readonly name: string;
  /** For use outside of lines; for a line use `line.count(counter)`. */
  add(n?: number): void;
  readonly value: number;
}

/** The statistics of one stage, rendered as one line `internal_<plugin>,alias=… <name>=<value>i …`. */
export interface PluginStats {
  /** @param name field key in snake case; the same name gives the same counter. */
  counter(name: string): Counter;
  /** A value asked for whenever statistics are written, e.g. an age in seconds. A bigint is written as integer, undefined leaves it out. */
  gauge(name: string, read: () => number | bigint | string | undefined): void;
}
