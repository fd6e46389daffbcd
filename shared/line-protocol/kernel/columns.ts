// All values of a batch at once, for readers that want values and not lines.
import { readHead } from './head';
import {
  BAD,
  ERROR_AT,
  FIELD_COLUMN,
  FIELD_COUNT,
  FIELD_KIND,
  FIELD_SIZE,
  HAS_TIME,
  LINE_CODE,
  LINE_COLUMN,
  LINE_COLUMN_SIZE,
  LINE_ERROR_AT,
  LINE_FIELDS,
  LINE_FIRST_FIELD,
  LINE_FIRST_TAG,
  LINE_HAS_TIME,
  LINE_MEASUREMENT_END,
  LINE_TAGS,
  LINE_TIME,
  MAX_FIELD_COLUMN,
  MAX_FIELDS,
  MAX_TAG_COLUMN,
  MAX_TAGS,
  MEASUREMENT_END,
  ROW_CODE,
  ROW_DECISION,
  ROW_END,
  ROW_ERROR_AT,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_SIZE,
  ROWS,
  SLOW_COUNT,
  SLOW_FIELDS,
  SLOW_FLOAT,
  TAG_COLUMN,
  TAG_COUNT,
  TAG_SIZE,
  TIME,
} from './layout';
import { readFieldsInto } from './values';

/**
 * Reads the records of the rows from `first` on into the columns, strictly. Gives behind the last one for which there was room. A bad
 * record has its error code, and the fields read before the mistake.
 */
export function readColumns(first: i32, rows: i32): i32 {
  let tags = 0;
  let fields = 0;
  let slow = 0;
  let i = first;
  for (; i < rows; i++) {
    if (tags > MAX_TAG_COLUMN - MAX_TAGS || fields > MAX_FIELD_COLUMN - MAX_FIELDS) break;
    const row = ROWS + i * ROW_SIZE;
    const line = LINE_COLUMN + (i - first) * LINE_COLUMN_SIZE;
    const head = load<i32>(row + ROW_HEAD_END);
    store<i32>(FIELD_COUNT, 0);
    store<i32>(HAS_TIME, 0);
    let code = 0;
    if (load<i32>(row + ROW_DECISION) === BAD) {
      code = load<i32>(row + ROW_CODE);
      store<i32>(ERROR_AT, load<i32>(row + ROW_ERROR_AT));
      store<i32>(TAG_COUNT, 0);
    } else code = readHead(load<i32>(row + ROW_HEAD), head, TAG_COLUMN + tags * TAG_SIZE, false);
    const table = FIELD_COLUMN + fields * FIELD_SIZE;
    if (!code) code = readFieldsInto(table, head, load<i32>(row + ROW_END));
    const n = load<i32>(FIELD_COUNT);
    for (let f = 0; f < n; f++) {
      const at = table + f * FIELD_SIZE;
      if (load<i32>(at + FIELD_KIND) === SLOW_FLOAT) store<i32>(SLOW_FIELDS + (slow++ << 2), at);
    }
    store<i32>(line + LINE_CODE, code);
    store<i32>(line + LINE_ERROR_AT, load<i32>(ERROR_AT));
    store<i32>(line + LINE_MEASUREMENT_END, load<i32>(MEASUREMENT_END));
    store<i32>(line + LINE_FIRST_TAG, tags);
    store<i32>(line + LINE_TAGS, load<i32>(TAG_COUNT));
    store<i32>(line + LINE_FIRST_FIELD, fields);
    store<i32>(line + LINE_FIELDS, n);
    store<i32>(line + LINE_HAS_TIME, load<i32>(HAS_TIME));
    store<i64>(line + LINE_TIME, load<i64>(TIME));
    tags += load<i32>(TAG_COUNT);
    fields += n;
  }
  store<i32>(SLOW_COUNT, slow);
  return i;
}
