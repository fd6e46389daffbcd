// What JavaScript calls. The kernel knows nothing of plugins: it frames, looks up, copies and reads values.
export { readColumns } from './columns';
export { copy } from './copy';
export { recall, restart, scan, scanAside, setLimit, shift } from './frame';
export { addMeasurement, forgetMeasurements, setGroup } from './groups';
export { walkHead } from './head';
export { forget, keep, remember } from './memo';
export { addName } from './names';
export { findFieldsEnd, lineTimeMs, readFields, setPrecision } from './values';
