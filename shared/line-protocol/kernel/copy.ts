// From decided rows to output: runs of untouched bytes are copied in one go, edits between them.
import { copyOver, isBlank } from './bytes';
import {
  CURSOR,
  DECISION_BLOCK,
  DECISION_BLOCK_SIZE,
  DECISION_FIELDS,
  DECISION_FIELDS_SIZE,
  DECISION_FLAGS,
  DECISION_SIZE,
  DECISIONS,
  DROP,
  FIELDS_BLOCK,
  FIELDS_END,
  INSERT,
  NEW_FIELDS,
  NEXT_ROW,
  REPLACE,
  ROW_DECISION,
  ROW_END,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROW_START,
  ROWS,
} from './layout';
import { findFieldsEnd } from './values';

/**
 * Copies [from, to) with the edits of the rows first … last - 1 into the output area, and gives how many bytes that made. Where the area is
 * too small it stops before a row: NEXT_ROW and CURSOR say where to go on.
 */
export function copy(first: i32, last: i32, from: i32, to: i32, out: i32, outEnd: i32): i32 {
  let o = out;
  let cursor = from;
  for (let i = first; i < last; i++) {
    const row = ROWS + i * ROW_SIZE;
    const decision = load<i32>(row + ROW_DECISION);
    if (decision <= 0) continue;
    const at = DECISIONS + decision * DECISION_SIZE;
    const flags = load<i32>(at + DECISION_FLAGS);
    if (!flags) continue;
    const end = load<i32>(row + ROW_END);
    const block = load<i32>(at + DECISION_BLOCK);
    const blockSize = load<i32>(at + DECISION_BLOCK_SIZE);
    if (o + (end - cursor) + blockSize + load<i32>(at + DECISION_FIELDS_SIZE) > outEnd)
      return pause(i, cursor, o - out);
    if (flags & DROP) {
      const start = load<i32>(row + ROW_START);
      copyOver(o, cursor, start - cursor);
      o += start - cursor;
      cursor = end;
      continue;
    }
    if (flags & (INSERT | REPLACE)) {
      const until = load<i32>(row + (flags & REPLACE ? ROW_HEAD : ROW_HEAD_END));
      copyOver(o, cursor, until - cursor);
      o += until - cursor;
      copyOver(o, block, blockSize);
      o += blockSize;
      cursor = load<i32>(row + ROW_HEAD_END);
    }
    if (flags & (FIELDS_BLOCK | NEW_FIELDS)) {
      findFieldsEnd(load<i32>(row + ROW_HEAD_END), end);
      let until = load<i32>(FIELDS_END);
      if (flags & NEW_FIELDS) {
        until = load<i32>(row + ROW_HEAD_END);
        while (isBlank(load<u8>(until))) until++;
      }
      copyOver(o, cursor, until - cursor);
      o += until - cursor;
      copyOver(o, load<i32>(at + DECISION_FIELDS), load<i32>(at + DECISION_FIELDS_SIZE));
      o += load<i32>(at + DECISION_FIELDS_SIZE);
      cursor = load<i32>(FIELDS_END);
    }
  }
  if (o + (to - cursor) > outEnd) return pause(last, cursor, o - out);
  copyOver(o, cursor, to - cursor);
  o += to - cursor;
  return pause(last, to, o - out);
}

function pause(row: i32, cursor: i32, n: i32): i32 {
  store<i32>(NEXT_ROW, row);
  store<i32>(CURSOR, cursor);
  return n;
}
