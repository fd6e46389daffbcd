// Groups of measurements. Stages that ask about a measurement instead of reading it decide the same for all that have the same answers: JavaScript
// says which those are, and signatures hold the number of the group in place of the name.
import { copyOver, equal, hashOf } from './bytes';
import {
  MAX_MEASUREMENTS,
  MEASUREMENT_BYTES,
  MEASUREMENT_GROUP,
  MEASUREMENT_HASH,
  MEASUREMENT_INDEX,
  MEASUREMENT_INDEX_MASK,
  MEASUREMENT_LENGTH,
  MEASUREMENT_POOL,
  MEASUREMENT_POOL_END,
  MEASUREMENT_SIZE,
  MEASUREMENTS,
} from './layout';

let measurements: i32 = 0;
let pool: i32 = MEASUREMENT_POOL;

/** Number of the measurement as it stands in a line, or -1. */
export function measurementOf(start: i32, length: i32): i32 {
  if (!measurements) return -1;
  const hash = hashOf(start, length);
  let slot = hash & MEASUREMENT_INDEX_MASK;
  while (true) {
    const number = load<i32>(MEASUREMENT_INDEX + (slot << 2)) - 1;
    if (number < 0) return -1;
    const at = MEASUREMENTS + number * MEASUREMENT_SIZE;
    if (
      load<u32>(at + MEASUREMENT_HASH) === hash &&
      load<i32>(at + MEASUREMENT_LENGTH) === length &&
      equal(load<i32>(at + MEASUREMENT_BYTES), start, length)
    ) {
      return number;
    }
    slot = (slot + 1) & MEASUREMENT_INDEX_MASK;
  }
}

/** Puts a measurement that has no number yet into a group. Gives its number: the next one from 0; -1 when there is no room. */
export function addMeasurement(start: i32, length: i32, group: i32): i32 {
  if (measurements === MAX_MEASUREMENTS || pool + length + 32 > MEASUREMENT_POOL_END) return -1;
  const hash = hashOf(start, length);
  let slot = hash & MEASUREMENT_INDEX_MASK;
  while (load<i32>(MEASUREMENT_INDEX + (slot << 2))) slot = (slot + 1) & MEASUREMENT_INDEX_MASK;
  copyOver(pool, start, length);
  const at = MEASUREMENTS + measurements * MEASUREMENT_SIZE;
  store<i32>(at + MEASUREMENT_BYTES, pool);
  store<i32>(at + MEASUREMENT_LENGTH, length);
  store<u32>(at + MEASUREMENT_HASH, hash);
  store<i32>(at + MEASUREMENT_GROUP, group);
  pool = (pool + length + 15) & ~15;
  store<i32>(MEASUREMENT_INDEX + (slot << 2), ++measurements);
  return measurements - 1;
}

export function groupOf(number: i32): i32 {
  return load<i32>(MEASUREMENTS + number * MEASUREMENT_SIZE + MEASUREMENT_GROUP);
}

/** Puts a measurement into another group. */
export function setGroup(number: i32, group: i32): void {
  store<i32>(MEASUREMENTS + number * MEASUREMENT_SIZE + MEASUREMENT_GROUP, group);
}

/** Numbers begin at 0 again. */
export function forgetMeasurements(): void {
  if (!measurements) return;
  memory.fill(MEASUREMENT_INDEX, 0, (MEASUREMENT_INDEX_MASK + 1) << 2);
  measurements = 0;
  pool = MEASUREMENT_POOL;
}
