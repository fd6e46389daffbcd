import type { CommonOptions } from '../config/common-options.ts';
import type { ByteString } from '../line-protocol/byte-string.ts';
import { DecisionMemory } from '../line-protocol/decision-memory.ts';
import { Framer } from '../line-protocol/framer.ts';
import { DECIDE } from '../line-protocol/kernel/layout.ts';
import { createKernel, READ_SIZE } from '../line-protocol/kernel.ts';
import { createTagNames } from '../line-protocol/tag-names.ts';
import type { Counter } from '../stats/stats.ts';
import { compileFilter, type FilteredLine } from './filter.ts';
import { createFilterStage } from './filter-stage.ts';
import { type BadLines, type ByteSink, Pipeline } from './pipeline.ts';

/** Gives those of the lines that an output is to get. All of them must be complete. */
export type LineSelection = (lines: Uint8Array) => Buffer;

/** A line without a name and tags; so a filter sees one that is malformed. */
const NAMELESS: FilteredLine = { answer: (question) => question.of('' as ByteString), tag: () => undefined };

/**
 * The filter of one output. Outputs differ in what they select, so each that has a filter goes over the finished lines once more, with a
 * kernel of its own that remembers what was decided for their like.
 *
 * Comments, blank lines and lines that are too long to be looked at pass; a malformed line passes where a filter only says what to leave out.
 *
 * @param filtered counts the lines that are kept away
 */
export function createOutputFilter(
  alias: string,
  options: CommonOptions,
  maxLineBytes: number,
  filtered: Counter,
): LineSelection {
  const kernel = createKernel(maxLineBytes);
  const selects = compileFilter(options, createTagNames(kernel));
  const memory = new DecisionMemory(kernel, (_, n) => filtered.add(n));
  const selected: Buffer[] = [];
  const sink: ByteSink = {
    isBlocked: false,
    write(bytes, from, to) {
      selected.push(Buffer.from(bytes.subarray(from, to)));
      return to;
    },
    hold() {},
  };
  const dropsMalformed = !selects(NAMELESS);
  const badLines: BadLines = {
    bad(code) {
      const drop = dropsMalformed && code !== 'too_long';
      if (drop) filtered.add();
      return drop;
    },
    overlong: () => false,
  };
  const stage = createFilterStage(alias, selects, filtered);
  const pipeline = new Pipeline(kernel, [stage], memory, badLines, sink, () => 0);
  const framer = new Framer(kernel, pipeline, {
    decide: DECIDE,
    begin() {
      memory.beginBatch();
      return 0;
    },
  });

  return (lines) => {
    for (let at = 0; at < lines.length; at += READ_SIZE) {
      const part = lines.subarray(at, at + READ_SIZE);
      kernel.bytes.set(part, kernel.readAt);
      framer.received(part.length);
    }
    // the lines are complete: who waits for a quote here would wait for one that was given up before
    framer.giveUpQuote();
    memory.fold();
    return Buffer.concat(selected.splice(0));
  };
}
