// What was decided before. Two tables: whole heads, where the next one is guessed from what followed last time; and
// signatures (the measurement or its group, and named tags), which is all that a stage can have asked a head for.
import { copyOver, equal, hashOf } from './bytes';
import { forgetMeasurements } from './groups';
import { walkHead } from './head';
import {
  DECISION_FLAGS,
  DECISION_SIZE,
  DECISIONS,
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_HASH,
  ENTRY_LENGTH,
  ENTRY_NEXT,
  ENTRY_SIZE,
  HEAD_ENTRIES,
  HEAD_INDEX,
  HEAD_INDEX_MASK,
  HEAD_POOL,
  HEAD_POOL_END,
  MAX_HEAD,
  MAX_HEADS,
  MAX_SIGNATURES,
  POOL,
  POOL_END,
  POOL_FULL,
  REPLACE,
  SIGNATURE,
  SIGNATURE_ENTRIES,
  SIGNATURE_INDEX,
  SIGNATURE_INDEX_MASK,
  UNDECIDED,
} from './layout';
import { signatureSize } from './signature';

let pool: i32 = POOL;
let headPool: i32 = HEAD_POOL;
let heads: i32 = 0;
let signatures: i32 = 0;
let previous: i32 = 0; // entry of the record before, or 0

// The head table pays when heads come in the same order again and again, as collectors send them: then the next one is guessed.
// Where they do not, looking up the signature is cheaper, and the head table rests for a while.
const WINDOW: i32 = 0x4000;
const REST: i32 = 0x40000;
let asked: i32 = 0;
let guessed: i32 = 0;
let found: i32 = 0; // not guessed, but known
let resting: i32 = 0;

/** Drops all that was remembered, groups of measurements too. */
export function forget(): void {
  forgetMeasurements();
  if (heads) forgetHeads();
  if (signatures) memory.fill(SIGNATURE_INDEX, 0, (SIGNATURE_INDEX_MASK + 1) << 2);
  pool = POOL;
  signatures = 0;
  store<i32>(POOL_FULL, 0);
}

function forgetHeads(): void {
  memory.fill(HEAD_INDEX, 0, (HEAD_INDEX_MASK + 1) << 2);
  headPool = HEAD_POOL;
  heads = 0;
  previous = 0;
}

/** A place for n bytes that stay until `forget`, or 0 (and POOL_FULL) when there is no room. */
export function keep(n: i32): i32 {
  const at = pool;
  if (n > POOL_END - pool - 128) {
    store<i32>(POOL_FULL, 1);
    return 0;
  }
  pool = (pool + n + 15) & ~15;
  return at;
}

export function usesHeads(): bool {
  if (resting) {
    resting--;
    return false;
  }
  return true;
}

export function headsRest(): bool {
  return resting > 0;
}

/** The end of the head at `start` if it is the head that followed the record before last time; otherwise 0. */
export function guessHead(start: i32, to: i32): i32 {
  if (!previous) return 0;
  const entry = load<i32>(previous + ENTRY_NEXT);
  if (!entry) return 0;
  const n = load<i32>(entry + ENTRY_LENGTH);
  if (start + n >= to || !equal(load<i32>(entry + ENTRY_BYTES), start, n)) return 0;
  const c = <i32>load<u8>(start + n);
  if (c !== 0x20 && c !== 0x09 && c !== 0x0b && c !== 0x0c) return 0;
  previous = entry;
  asked++;
  guessed++;
  return start + n;
}

/** The decision of the head guessed last. */
export function guessedDecision(): i32 {
  return load<i32>(previous + ENTRY_DECISION);
}

/** What was decided for the head [start, end), or UNDECIDED. */
export function findHead(start: i32, end: i32): i32 {
  if (++asked >= WINDOW) {
    if (guessed < found) resting = REST;
    asked = 0;
    guessed = 0;
    found = 0;
  }
  const n = end - start;
  const hash = hashOf(start, n);
  let slot = hash & HEAD_INDEX_MASK;
  while (true) {
    const entry = load<i32>(HEAD_INDEX + (slot << 2));
    if (!entry) return UNDECIDED;
    if (
      load<u32>(entry + ENTRY_HASH) === hash &&
      load<i32>(entry + ENTRY_LENGTH) === n &&
      equal(load<i32>(entry + ENTRY_BYTES), start, n)
    ) {
      found++;
      follow(entry);
      return load<i32>(entry + ENTRY_DECISION);
    }
    slot = (slot + 1) & HEAD_INDEX_MASK;
  }
}

function follow(entry: i32): void {
  if (previous) store<i32>(previous + ENTRY_NEXT, entry);
  previous = entry;
}

export function rememberHead(start: i32, end: i32, decision: i32): void {
  const n = end - start;
  if (n > MAX_HEAD) return;
  if (heads === MAX_HEADS || headPool + n + 128 > HEAD_POOL_END) {
    forgetHeads();
    resting = REST;
    return;
  }
  const hash = hashOf(start, n);
  let slot = hash & HEAD_INDEX_MASK;
  while (true) {
    const known = load<i32>(HEAD_INDEX + (slot << 2));
    if (!known) break;
    if (
      load<u32>(known + ENTRY_HASH) === hash &&
      load<i32>(known + ENTRY_LENGTH) === n &&
      equal(load<i32>(known + ENTRY_BYTES), start, n)
    ) {
      store<i32>(known + ENTRY_DECISION, decision);
      return;
    }
    slot = (slot + 1) & HEAD_INDEX_MASK;
  }
  copyOver(headPool, start, n);
  const entry = HEAD_ENTRIES + heads++ * ENTRY_SIZE;
  store<i32>(entry + ENTRY_BYTES, headPool);
  store<i32>(entry + ENTRY_LENGTH, n);
  store<u32>(entry + ENTRY_HASH, hash);
  store<i32>(entry + ENTRY_DECISION, decision);
  store<i32>(entry + ENTRY_NEXT, 0);
  store<i32>(HEAD_INDEX + (slot << 2), entry);
  headPool = (headPool + n + 15) & ~15;
  follow(entry);
}

/** What was decided for the signature that was made last, or UNDECIDED. */
export function findSignature(): i32 {
  const n = signatureSize();
  if (!n) return UNDECIDED;
  const hash = hashOf(SIGNATURE, n);
  let slot = hash & SIGNATURE_INDEX_MASK;
  while (true) {
    const entry = load<i32>(SIGNATURE_INDEX + (slot << 2));
    if (!entry) return UNDECIDED;
    if (
      load<u32>(entry + ENTRY_HASH) === hash &&
      load<i32>(entry + ENTRY_LENGTH) === n &&
      equal(load<i32>(entry + ENTRY_BYTES), SIGNATURE, n)
    ) {
      return load<i32>(entry + ENTRY_DECISION);
    }
    slot = (slot + 1) & SIGNATURE_INDEX_MASK;
  }
}

function rememberSignature(decision: i32): void {
  const n = signatureSize();
  if (!n) return;
  const hash = hashOf(SIGNATURE, n);
  let slot = hash & SIGNATURE_INDEX_MASK;
  while (true) {
    const known = load<i32>(SIGNATURE_INDEX + (slot << 2));
    if (!known) break;
    if (
      load<u32>(known + ENTRY_HASH) === hash &&
      load<i32>(known + ENTRY_LENGTH) === n &&
      equal(load<i32>(known + ENTRY_BYTES), SIGNATURE, n)
    ) {
      store<i32>(known + ENTRY_DECISION, decision);
      return;
    }
    slot = (slot + 1) & SIGNATURE_INDEX_MASK;
  }
  if (signatures === MAX_SIGNATURES) {
    store<i32>(POOL_FULL, 1);
    return;
  }
  const bytes = keep(n);
  if (!bytes) return;
  copyOver(bytes, SIGNATURE, n);
  const entry = SIGNATURE_ENTRIES + signatures++ * ENTRY_SIZE;
  store<i32>(entry + ENTRY_BYTES, bytes);
  store<i32>(entry + ENTRY_LENGTH, n);
  store<u32>(entry + ENTRY_HASH, hash);
  store<i32>(entry + ENTRY_DECISION, decision);
  store<i32>(SIGNATURE_INDEX + (slot << 2), entry);
}

/**
 * Remembers a decision for the head [start, end): for its signature, unless it writes a new head, which other heads of the
 * same signature need not share; and for the head itself. What was remembered for them before is replaced.
 */
export function remember(start: i32, end: i32, decision: i32): void {
  if (!(load<i32>(DECISIONS + decision * DECISION_SIZE + DECISION_FLAGS) & REPLACE)) {
    walkHead(start, end);
    rememberSignature(decision);
  }
  rememberHead(start, end, decision);
}
