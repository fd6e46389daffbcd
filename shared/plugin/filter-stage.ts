import type { Counter } from '../stats/stats.ts';
import type { LineFilter } from './filter.ts';
import type { Stage } from './pipeline.ts';

/** A stage that drops what the filter does not select: first in a chain it is an input's filter, alone before an output that output's. */
export function createFilterStage(alias: string, selects: LineFilter, filtered: Counter): Stage {
  return {
    alias,
    processor: {
      line(line) {
        if (selects(line)) return;
        line.count(filtered);
        line.drop();
      },
      explain: (line) => (selects(line) ? [] : ['dropped, by namepass, namedrop, tagpass or tagdrop']),
    },
    selects: () => true,
    // it asks nothing that a line could fail to answer
    failed(error) {
      throw error;
    },
  };
}
