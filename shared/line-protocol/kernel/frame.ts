// From bytes to records, and what was decided for each.
import { findByte, findEither, isBlank, isEscapedInPairs, textEnd } from './bytes';
import { headEnd, readHead, walkHead } from './head';
import {
  ASKED_ANEW,
  BAD,
  BLANKS,
  CHECK_FIELDS,
  COMMA,
  COMMENTS,
  CONSUMED,
  CR,
  DECISION_FLAGS,
  DECISION_FROM_MS,
  DECISION_SIZE,
  DECISION_TALLY,
  DECISION_TO_MS,
  DECISIONS,
  DROP,
  DYNAMIC,
  EDITED,
  EQUALS,
  ERROR_AT,
  FIELDS_BLOCK,
  HASH,
  INNER_NEWLINES,
  INSERT,
  LF,
  MAX_ROWS,
  NO_FIELDS,
  NOTABLES,
  NOTABLES_COUNT,
  OPEN_QUOTE,
  QUOTE,
  RECORDS,
  REPLACE,
  ROW_CODE,
  ROW_DECISION,
  ROW_END,
  ROW_ERROR_AT,
  ROW_HEAD,
  ROW_HEAD_END,
  ROW_ORDINAL,
  ROW_SIZE,
  ROW_START,
  ROWS,
  TAGS,
  TALLIES,
  TIMED,
  TOO_LONG,
  UNCLOSED_QUOTE,
  UNDECIDED,
} from './layout';
import { WIDTH } from './masks';
import { findHead, findSignature, guessedDecision, guessHead, headsRest, rememberHead, usesHeads } from './memo';
import { shortHeadEnd, signShortHead } from './short-head';
import { fieldsLeadTo, lineTimeMs, readFields } from './values';

// Where the search in an unfinished record goes on when more bytes have come.
let resumeHeadEnd: i32 = 0; // 0: still in the head
let resumeAt: i32 = 0; // 0: from the start of the record
let resumeQuote: i32 = 0; // the open quote, 0 outside strings
let resumeField: i32 = 0; // the field up to which the record was read strictly, 0: it was not yet
let multiLine: bool = false; // whether a string of the record holds a newline

/** The longest record that is read, in bytes, without its newline. */
let limit: i32 = 0x200000;

export function setLimit(bytes: i32): void {
  limit = bytes;
}

let notables: i32 = 0;
let edited: i32 = 0;

/** Forgets the unfinished record: the next scan starts at a line's start. */
export function restart(): void {
  multiLine = false;
  resumeHeadEnd = 0;
  resumeAt = 0;
  resumeQuote = 0;
  resumeField = 0;
  store<i32>(OPEN_QUOTE, 0);
}

/** Frames lines that stand elsewhere, all complete, while a record is unfinished. */
export function scanAside(from: i32, to: i32): i32 {
  const head = resumeHeadEnd;
  const at = resumeAt;
  const quote = resumeQuote;
  const field = resumeField;
  const lines = multiLine;
  restart();
  const rows = scan(from, to, 0, 0, 0);
  multiLine = lines;
  resumeHeadEnd = head;
  resumeAt = at;
  resumeQuote = quote;
  resumeField = field;
  store<i32>(OPEN_QUOTE, quote);
  return rows;
}

/** The unfinished record moved by this many bytes. */
export function shift(delta: i32): void {
  if (resumeAt) resumeAt += delta;
  if (resumeHeadEnd) resumeHeadEnd += delta;
  if (resumeQuote) resumeQuote += delta;
  if (resumeField) resumeField += delta;
  store<i32>(OPEN_QUOTE, resumeQuote);
}

/**
 * Frames the records in [from, to) and gives each its decision. Gives the number of rows; CONSUMED says where the first
 * unfinished record starts, OPEN_QUOTE whether it waits for a quote.
 *
 * @param giveUp ends the first record at the first newline behind its quote if that quote is not closed
 * @param decide FRAME_ONLY: rows stay UNDECIDED and are not notable; DECIDE: decided by what is remembered; with CHECK_FIELDS every field set is checked, too
 * @param nowMs  what a line without a time counts as, and the limit for times from the future
 */
export function scan(from: i32, to: i32, giveUp: i32, decide: i32, nowMs: f64): i32 {
  let p = from;
  let rows = 0;
  let records = 0;
  let blanks = 0;
  let comments = 0;
  let innerNewlines = 0;
  notables = 0;
  edited = 0;
  while (p < to && rows < MAX_ROWS) {
    let s = p;
    let head = resumeHeadEnd;
    let at = resumeAt;
    let guessed = false;
    let withHeads = false;
    while (s < to && isBlank(load<u8>(s))) s++;
    if (s === to) break;
    if (!at) {
      const c = <i32>load<u8>(s);
      if (c === LF) {
        blanks++;
        p = s + 1;
        continue;
      }
      if (c === CR) {
        if (s + 1 === to) break;
        if (load<u8>(s + 1) === LF) {
          blanks++;
          p = s + 2;
          continue;
        }
      }
    }
    if (load<u8>(s) === HASH) {
      const end = findByte(LF, at ? at : s, to);
      if (end === to) {
        resumeAt = to;
        break;
      }
      resumeAt = 0;
      comments++;
      p = end + 1;
      continue;
    }
    if (!head) {
      if (decide && !at) {
        withHeads = usesHeads();
        if (withHeads) head = guessHead(s, to);
        guessed = head !== 0;
      }
      if (!head) {
        if (!at && s + WIDTH <= to) head = shortHeadEnd(s);
        if (!head) head = headEnd(s, at ? at : s, to);
        if (head === to) {
          resumeAt = to > s ? to : 0;
          break;
        }
      }
      at = head;
    }
    let code = 0;
    let errorAt = head;
    let end: i32;
    if (load<u8>(head) === LF) {
      end = head;
      errorAt = textEnd(s, head + 1);
      code = readHead(s, errorAt, TAGS, false);
      if (code) errorAt = load<i32>(ERROR_AT);
      else code = NO_FIELDS;
      if (end - p > limit) {
        code = TOO_LONG;
        errorAt = p;
      }
    } else {
      end = recordEnd(s, head, at, to);
      if ((end < 0 ? to : end) - p > limit) {
        const quote = openAt(s, head, p + limit);
        end = findByte(LF, quote ? quote : p + limit, to);
        if (end === to) {
          resumeHeadEnd = head;
          resumeAt = to;
          resumeQuote = quote;
          break;
        }
        code = quote && end - p <= limit ? UNCLOSED_QUOTE : TOO_LONG;
        errorAt = code === UNCLOSED_QUOTE ? quote : p;
      } else if (end < 0) {
        if (!giveUp || !resumeQuote) {
          resumeHeadEnd = head;
          store<i32>(OPEN_QUOTE, resumeQuote);
          break;
        }
        code = UNCLOSED_QUOTE;
        errorAt = resumeQuote;
        end = findByte(LF, resumeQuote, to);
        if (end === to) end = to - 1;
      }
    }
    giveUp = 0;
    resumeHeadEnd = 0;
    resumeAt = 0;
    resumeQuote = 0;
    resumeField = 0;
    records++;
    if (multiLine) {
      for (let q = findByte(LF, p, end); q < end; q = findByte(LF, q + 1, end)) innerNewlines++;
      multiLine = false;
    }
    const row = ROWS + rows * ROW_SIZE;
    store<i32>(row + ROW_START, p);
    store<i32>(row + ROW_HEAD, s);
    store<i32>(row + ROW_HEAD_END, head);
    store<i32>(row + ROW_END, ++end);
    store<i32>(row + ROW_ORDINAL, records + blanks + comments);
    let decision = UNDECIDED;
    if (code) decision = bad(row, code, errorAt);
    else if (guessed) decision = guessedDecision();
    else if (decide) decision = decisionOf(row, s, head, withHeads);
    if (decide & CHECK_FIELDS && !code) {
      const mistake = readFields(head, end);
      if (mistake) decision = bad(row, mistake, load<i32>(ERROR_AT));
    }
    if (decision >= 0) decision = apply(decision, head, end, nowMs);
    if (decision < 0 && (decide || code)) store<i32>(NOTABLES + (notables++ << 2), rows);
    store<i32>(row + ROW_DECISION, decision);
    rows++;
    p = end;
  }
  if (!resumeQuote) store<i32>(OPEN_QUOTE, 0);
  store<i32>(CONSUMED, p);
  store<i32>(NOTABLES_COUNT, notables);
  store<i32>(EDITED, edited);
  store<f64>(RECORDS, load<f64>(RECORDS) + <f64>records);
  store<f64>(BLANKS, load<f64>(BLANKS) + <f64>blanks);
  store<f64>(COMMENTS, load<f64>(COMMENTS) + <f64>comments);
  store<f64>(INNER_NEWLINES, load<f64>(INNER_NEWLINES) + <f64>innerNewlines);
  return rows;
}

/** What stands in the tables for the record. */
function decisionOf(row: i32, head: i32, end: i32, withHeads: bool): i32 {
  if (withHeads) {
    const known = findHead(head, end);
    if (known >= 0) return known;
  }
  const code = signShortHead(head, end) ? 0 : walkHead(head, end);
  if (code) return bad(row, code, load<i32>(ERROR_AT));
  const decision = findSignature();
  if (decision >= 0 && withHeads) rememberHead(head, end, decision);
  return decision;
}

/**
 * Looks once more for what to do with the notable rows from the given one on, as others of their batch may have been decided since. Gives the first
 * that JavaScript must look at all the same, or how many there are. EDITED says afterwards whether any row that was decided changes its bytes.
 */
export function recall(notable: i32, nowMs: f64): i32 {
  edited = load<i32>(EDITED);
  const count = load<i32>(NOTABLES_COUNT);
  for (; notable < count; notable++) {
    const row = ROWS + load<i32>(NOTABLES + (notable << 2)) * ROW_SIZE;
    let decision = load<i32>(row + ROW_DECISION);
    if (decision === BAD || decision === ASKED_ANEW) break;
    if (decision >= 0) continue;
    const head = load<i32>(row + ROW_HEAD_END);
    decision = decisionOf(row, load<i32>(row + ROW_HEAD), head, !headsRest());
    if (decision >= 0) decision = apply(decision, head, load<i32>(row + ROW_END), nowMs);
    if (decision < 0) break;
    store<i32>(row + ROW_DECISION, decision);
  }
  store<i32>(EDITED, edited);
  return notable;
}

/** The decision if it holds at the line's time; counts it. */
function apply(decision: i32, head: i32, end: i32, nowMs: f64): i32 {
  const at = DECISIONS + decision * DECISION_SIZE;
  const flags = load<i32>(at + DECISION_FLAGS);
  if (!flags) {
    count(at);
    return decision;
  }
  if (flags & DYNAMIC) return ASKED_ANEW;
  if (flags & TIMED) {
    const time = lineTimeMs(head, end, nowMs);
    if (!(time >= load<f64>(at + DECISION_FROM_MS) && time < load<f64>(at + DECISION_TO_MS))) return UNDECIDED;
  }
  if (flags & (INSERT | REPLACE | FIELDS_BLOCK | DROP)) edited = 1;
  count(at);
  return decision;
}

function count(at: i32): void {
  const tally = TALLIES + (load<i32>(at + DECISION_TALLY) << 3);
  store<f64>(tally, load<f64>(tally) + 1);
}

function bad(row: i32, code: i32, at: i32): i32 {
  store<i32>(row + ROW_CODE, code);
  store<i32>(row + ROW_ERROR_AT, at);
  return BAD;
}

/**
 * The newline that ends the record, or -1 when it has not come. The search begins at p; a string that is open there is in
 * `resumeQuote`. A newline inside a string ends nothing.
 */
function recordEnd(start: i32, head: i32, p: i32, to: i32): i32 {
  let quote = resumeQuote;
  let stringEnd = head;
  while (true) {
    if (quote) {
      p = stringClose(p, to);
      if (newlineInside) {
        const closed = min(p, to);
        const newline = findByte(LF, quote, closed);
        if (newline < closed) {
          if (!opensString(start, head, quote)) return newline;
          multiLine = true;
        }
      }
      if (p >= to) {
        resumeAt = p; // an escape may reach one byte beyond what has come
        resumeQuote = quote;
        return -1;
      }
      quote = 0;
      stringEnd = ++p;
    }
    p = findEither(LF, QUOTE, p, to);
    if (p === to) {
      resumeAt = p;
      resumeQuote = 0;
      return -1;
    }
    if (load<u8>(p) === LF) return p;
    if (load<u8>(p - 1) === EQUALS && isFieldsEquals(p - 1, stringEnd)) quote = p;
    p++;
  }
}

/** The quote of the string that is open at `to`, or 0. */
function openAt(start: i32, head: i32, to: i32): i32 {
  resumeQuote = 0;
  resumeAt = 0;
  resumeField = 0;
  return head < to && recordEnd(start, head, head, to) < 0 ? resumeQuote : 0;
}

/**
 * Whether the quote opens a string and not only looks like it, which matters as soon as a newline is behind it: text that is no
 * line protocol must not swallow the lines that follow. What one string needed to be read is not read again for the next: a record
 * may consist of them.
 */
function opensString(start: i32, head: i32, quote: i32): bool {
  // what can be signed can be read; the signature is made again when the record is complete
  if (!resumeField && !signShortHead(start, head) && readHead(start, head, TAGS, false)) return false;
  const field = fieldsLeadTo(quote, resumeField ? resumeField : head);
  if (!field) return false;
  resumeField = field;
  return true;
}

/** Whether the string that `stringClose` passed over holds a newline. */
let newlineInside: bool = false;

/** The quote that closes the string, from p on; `to`, or one more, when it has not come. */
function stringClose(p: i32, to: i32): i32 {
  // a newline that came behind a backslash at the end of the last chunk was passed over unseen
  newlineInside = load<u8>(p - 1) === LF;
  while (p < to) {
    const v = v128.load(p);
    const ends = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))));
    const newlines = i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x0a)));
    if (!ends) {
      if (newlines) newlineInside = true;
      p += 16;
      if (p >= to) return to;
      continue;
    }
    const at = ctz(ends);
    if (newlines && ctz(newlines) < at) newlineInside = true;
    p += at;
    if (p >= to) return to;
    if (load<u8>(p) === QUOTE) return p;
    if (load<u8>(p + 1) === LF && p + 1 < to) newlineInside = true;
    p += 2;
  }
  return p;
}

/**
 * Whether the `=` at p ends a field's key: it is not escaped, a key stands before it, and no other `=` since the comma or blank before. Looks back
 * to `from`, the end of the head or of the string before.
 */
function isFieldsEquals(p: i32, from: i32): bool {
  if (isEscapedInPairs(p, from)) return false;
  let q = p - 1;
  for (; q >= from; q--) {
    const c = <i32>load<u8>(q);
    if (c === COMMA || isBlank(c)) {
      if (!isEscapedInPairs(q, from)) break;
    } else if (c === EQUALS && !isEscapedInPairs(q, from)) return false;
  }
  // behind a string a comma or blank must stand, or this is no field
  return q >= from && q < p - 1;
}
