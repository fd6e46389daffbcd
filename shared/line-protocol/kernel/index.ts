// What JavaScript calls. The kernel knows nothing of plugins: it frames, looks up, copies and reads values.
import { walkHead } from './head';
import { readFields } from './values';

export { copy } from './copy';
export { restart, scan, scanAside, shift } from './frame';
export { addName, walkHead } from './head';
export { forget, keep, remember } from './memo';
export { findFieldsEnd, lineTimeMs, readFields, setPrecision } from './values';

/** Reads a whole record strictly: 0, or an error code with its place in ERROR_AT. Fills the tables of tags and fields. */
export function readRecord(start: i32, head: i32, end: i32): i32 {
  const code = walkHead(start, head);
  return code ? code : readFields(head, end);
}
