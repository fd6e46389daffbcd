import { fail, nextElement, nextName, readTime, skipBlanks, skipColon, skipString, skipValue } from './json.ts';
import * as at from './layout.ts';

// The snapshot kernel: finds entities and links in the text of a snapshot, checks them, and makes rows and a hash table of
// them. JavaScript reads the header, and the rows.

export { nextName, skipBlanks, skipColon, skipString, skipValue };

const RESULTS_SIZE: i32 = 0x100;
/** Nothing reads further than this behind the text. */
const SLACK: i32 = 64;

let rowsAt: i32 = 0;
let rowCount: i32 = 0;
let unlinked: i32 = 0;

/** Prepares for the text that ends here; what was read before is forgotten. False when memory is short. */
export function begin(end: i32): bool {
  memory.fill(at.RESULT, 0, RESULTS_SIZE);
  rowsAt = (end + SLACK) & ~7;
  rowCount = 0;
  unlinked = -1;
  store<i32>(at.ROWS, rowsAt);
  return reach(rowsAt);
}

/** Whether there is memory up to this address. */
function reach(address: i32): bool {
  const pages = ((address + 0xffff) >>> 16) - memory.size();
  // in larger steps, as growing costs a call into the engine
  return pages <= 0 || memory.grow(pages + 15) >= 0 || memory.grow(pages) >= 0;
}

/**
 * Reads elements of `entities` or `links` until `stop` is passed or the list ends (LIST_ENDED, and over the bracket). Begins
 * behind the opening bracket, later where it ended before.
 */
export function readElements(position: i32, links: bool, isFirst: bool, stop: i32): i32 {
  let p = position;
  let first = isFirst;
  store<i32>(at.LIST_ENDED, 0);
  while (p < stop) {
    p = nextElement(p, first);
    if (p < 0) return -1;
    if (load<u8>(p) == 0x5d) {
      store<i32>(at.LIST_ENDED, 1);
      return p + 1;
    }
    first = false;
    if (load<u8>(p) != 0x7b) return fail(at.EXPECTED_TABLE, p);
    const start = p;
    p = readElement(p, links);
    if (p < 0) return -1;
    if (p - start > at.MAX_ELEMENT) return fail(at.ELEMENT_TOO_LARGE, start);
  }
  return p;
}

const NO_KIND: i32 = -1;
const UNKNOWN_KIND: i32 = -2;

function readElement(start: i32, link: bool): i32 {
  const row = rowsAt + rowCount * at.ROW_SIZE;
  if (!reach(row + at.ROW_SIZE)) return fail(at.NO_MEMORY, start);
  memory.fill(row, 0, at.ROW_SIZE);
  store<f64>(row, -Infinity, at.FROM_MS);
  store<f64>(row, Infinity, at.TO_MS);
  let kind: i32 = NO_KIND;
  let flags: i32 = 0;
  let p = start + 1;
  for (let first = true; ; first = false) {
    p = nextName(p, first);
    if (p < 0) return -1;
    if (load<u8>(p) == 0x7d) break;
    const name = p + 1;
    p = skipString(p);
    if (p < 0) return -1;
    const length = p - 1 - name;
    p = skipColon(p);
    if (p < 0) return -1;
    if (length == 2 && load<u16>(name) == 0x6469) {
      // id
      p = readText(p, row + at.ID_START);
      if (load<i32>(at.STRING_ESCAPED)) flags |= at.ID_ESCAPED;
    } else if (length == 4 && load<u32>(name) == 0x646e696b) {
      // kind
      p = skipBlanks(p);
      const text = p + 1;
      if (load<u8>(p) != 0x22) return fail(at.EXPECTED_TEXT, p);
      p = skipString(p);
      if (p >= 0) kind = kindOf(text, p - 1 - text);
    } else if (length == 6 && load<u32>(name) == 0x6d6f7266 && load<u16>(name + 4) == 0x734d) {
      p = readTime(p, row + at.FROM_MS, -Infinity);
    } else if (length == 4 && load<u32>(name) == 0x734d6f74) {
      p = readTime(p, row + at.TO_MS, Infinity);
    } else if (link && length == 3 && load<u16>(name) == 0x656b && load<u8>(name + 2) == 0x79) {
      p = readText(p, row + at.KEY_START);
      if (load<i32>(at.STRING_ESCAPED)) flags |= at.KEY_ESCAPED;
    } else if (!link && length == 5 && load<u32>(name) == 0x72747461 && load<u8>(name + 4) == 0x73) {
      // attrs
      p = skipBlanks(p);
      if (load<u8>(p) != 0x7b) return fail(at.EXPECTED_TABLE, p);
      store<i32>(row, p, at.ATTRS_START);
      p = skipValue(p, 0);
      store<i32>(row, p, at.ATTRS_END);
    } else {
      p = skipValue(p, 0);
    }
    if (p < 0) return -1;
  }
  if (kind == NO_KIND || load<i32>(row, at.ID_END) == 0)
    return fail(link ? at.LINK_INCOMPLETE : at.ENTITY_INCOMPLETE, start);
  if (link && load<i32>(row, at.KEY_END) == 0) return fail(at.LINK_INCOMPLETE, start);
  // kinds of a later format are passed over
  if (kind != UNKNOWN_KIND) keep(row, kind, link ? flags | at.LINK : flags);
  return p + 1;
}

/** Passes a text that is not empty and keeps where it starts and ends. */
function readText(position: i32, address: i32): i32 {
  const p = skipBlanks(position);
  if (load<u8>(p) != 0x22) return fail(at.EXPECTED_TEXT, p);
  const end = skipString(p);
  if (end < 0) return -1;
  if (end == p + 2) return fail(at.EMPTY_TEXT, p);
  store<i32>(address, p + 1);
  store<i32>(address, end - 1, 4);
  return end;
}

function keep(row: i32, kind: i32, flags: i32): void {
  store<i32>(row, flags | kind, at.FLAGS);
  const idStart = load<i32>(row, at.ID_START);
  const idEnd = load<i32>(row, at.ID_END);
  if (flags & at.LINK) {
    const start = load<i32>(row, at.KEY_START);
    const end = load<i32>(row, at.KEY_END);
    store<i32>(row, hash(start, isContainerKey(start, end) ? shortEnd(start + 10, end) : end, at.HASH_START), at.HASH);
  } else {
    const counter = at.COUNTS + kind * 4;
    store<i32>(counter, load<i32>(counter) + 1);
    store<i32>(row, hash(idStart, kind == CONTAINER ? shortEnd(idStart, idEnd) : idEnd, prefixHash(kind)), at.HASH);
  }
  rowCount++;
  if (flags & (at.KEY_ESCAPED | at.ID_ESCAPED)) {
    store<i32>(row, load<i32>(at.ESCAPED_ROW), at.NEXT);
    store<i32>(at.ESCAPED_ROW, rowCount);
  }
  store<i32>(at.ROW_COUNT, rowCount);
}

function hash(start: i32, end: i32, from: i32): i32 {
  let h = from;
  for (let p = start; p < end; p++) h = (h ^ load<u8>(p)) * at.HASH_PRIME;
  return h;
}

function shortEnd(start: i32, end: i32): i32 {
  return end > start + at.SHORT_CONTAINER_ID ? start + at.SHORT_CONTAINER_ID : end;
}

/** Whether the key begins with `container:`. */
function isContainerKey(start: i32, end: i32): bool {
  return (
    end - start > 10 &&
    load<u32>(start) == 0x746e6f63 &&
    load<u32>(start + 4) == 0x656e6961 &&
    load<u16>(start + 8) == 0x3a72
  );
}

const CONTAINER: i32 = 6;

/** The position in ENTITY_KINDS of the kind that is written here. */
function kindOf(text: i32, length: i32): i32 {
  const begin: u32 = load<u32>(text);
  if (length == 4) return begin == 0x65646f6e ? 0 : begin == 0x74726f70 ? 2 : UNKNOWN_KIND; // node, port
  if (length == 2) return (begin & 0xffff) == 0x6d76 ? 1 : UNKNOWN_KIND; // vm
  if (length == 7)
    return begin == 0x7774656e && load<u16>(text + 4) == 0x726f && load<u8>(text + 6) == 0x6b ? 3 : UNKNOWN_KIND; // network
  if (length == 6) {
    const end: i32 = load<u16>(text + 4);
    return begin == 0x64697262 && end == 0x6567 ? 4 : begin == 0x6474656e && end == 0x7665 ? 5 : UNKNOWN_KIND; // bridge, netdev
  }
  if (length == 9)
    return begin == 0x746e6f63 && load<u32>(text + 4) == 0x656e6961 && load<u8>(text + 8) == 0x72
      ? CONTAINER
      : UNKNOWN_KIND;
  if (length == 3) return (begin & 0xffffff) == 0x646f70 ? 7 : UNKNOWN_KIND; // pod
  if (length == 5) return begin == 0x63616c70 && load<u8>(text + 4) == 0x65 ? 8 : UNKNOWN_KIND; // place
  return UNKNOWN_KIND;
}

/** JavaScript puts the hash of `<kind>:` here before the first row, since it looks keys up as `<kind>:<id>`. */
export function setPrefixHash(kind: i32, value: i32): void {
  store<i32>(PREFIXES + kind * 4, value);
}

const PREFIXES: i32 = 0x80;

function prefixHash(kind: i32): i32 {
  return load<i32>(PREFIXES + kind * 4);
}

/** Makes up to `count` rows findable; true when all are. False with ERROR set when memory is short. */
export function linkRows(count: i32): bool {
  if (unlinked < 0) {
    let size = 16;
    while (size < rowCount * 2) size *= 2;
    const heads = rowsAt + rowCount * at.ROW_SIZE;
    if (!reach(heads + size * 4)) {
      fail(at.NO_MEMORY, 0);
      return false;
    }
    memory.fill(heads, 0, size * 4);
    store<i32>(at.HEADS, heads);
    store<i32>(at.HEAD_MASK, size - 1);
    unlinked = rowCount;
  }
  const heads = load<i32>(at.HEADS);
  const mask = load<i32>(at.HEAD_MASK);
  // from the last to the first, so that every chain is in the order of the document
  for (let left = count; left > 0 && unlinked > 0; left--) {
    unlinked--;
    const row = rowsAt + unlinked * at.ROW_SIZE;
    const head = heads + (load<i32>(row, at.HASH) & mask) * 4;
    store<i32>(row, load<i32>(head), at.NEXT);
    store<i32>(head, unlinked + 1);
  }
  return unlinked == 0;
}
