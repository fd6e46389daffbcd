// The tag keys that stages ask about, each with a number.
import { equal, hashOf } from './bytes';
import {
  NAME_BYTES,
  NAME_BYTES_END,
  NAME_FILTER,
  NAME_FILTER_MASK,
  NAME_ID,
  NAME_KEY,
  NAME_LENGTH,
  NAME_SLOT_COUNT,
  NAME_SLOTS,
} from './layout';

let nameBytes: i32 = NAME_BYTES;

/** Makes a tag key known by a number; its bytes stand at `key`. Gives false when there is no more room. */
export function addName(key: i32, length: i32, id: i32): bool {
  if (nameBytes + length + 16 > NAME_BYTES_END) return false;
  memory.copy(nameBytes, key, length);
  let slot = hashOf(nameBytes, length) & (NAME_SLOT_COUNT - 1);
  while (load<i32>(NAME_SLOTS + slot * 16 + NAME_ID)) slot = (slot + 1) & (NAME_SLOT_COUNT - 1);
  const at = NAME_SLOTS + slot * 16;
  store<i32>(at + NAME_KEY, nameBytes);
  store<i32>(at + NAME_LENGTH, length);
  store<i32>(at + NAME_ID, id + 1);
  store<u8>(filterOf(nameBytes, length), 1);
  nameBytes += length;
  return true;
}

/** The number of the key, or -1: most keys in a line are none that anybody asks about. */
export function nameOf(key: i32, length: i32): i32 {
  if (!load<u8>(filterOf(key, length))) return -1;
  let slot = hashOf(key, length) & (NAME_SLOT_COUNT - 1);
  while (true) {
    const at = NAME_SLOTS + slot * 16;
    const id = load<i32>(at + NAME_ID);
    if (!id) return -1;
    if (load<i32>(at + NAME_LENGTH) === length && equal(load<i32>(at + NAME_KEY), key, length)) return id - 1;
    slot = (slot + 1) & (NAME_SLOT_COUNT - 1);
  }
}

/** Where it says whether a key of this length with this first and last byte was added. */
function filterOf(key: i32, length: i32): i32 {
  const sum = <i32>load<u8>(key) * 31 + <i32>load<u8>(key + length - 1) * 7 + length * 61;
  return NAME_FILTER + (sum & NAME_FILTER_MASK);
}
