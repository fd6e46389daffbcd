/**
 * InfluxDB line protocol: reading, checking and writing it, exactly. Without I/O and without dependencies.
 *
 * ```ts
 * import { parse, formatPoint } from 'crosslayer/line-protocol';
 *
 * for (const { point, error } of parse('cpu,host=a usage=0.5,count=9007199254740993i 1700000000123456789\n')) {
 *   if (error) console.error(error.message);
 *   else console.log(formatPoint(point));
 * }
 * ```
 *
 * For streams and for speed there is `LineReader`, which reads chunks and makes no object for a value.
 */
export { type ByteString, fromByteString, toByteString } from './byte-string.ts';
export { cleanTagValue, cleanText } from './clean.ts';
export { LINE_ERROR_CODES, type LineErrorCode, LineProtocolError } from './errors.ts';
export { formatPoint, type Point } from './format.ts';
export { FIELD_KINDS, LineBatch, LineReader, type LineReaderOptions } from './line-reader.ts';
export type { FieldValue } from './line-view.ts';
export { findErrors, type ParsedLine, parse, parsePoints } from './parse.ts';
export { PointBuffer, type PointBufferOptions, type PointWriter } from './point-writer.ts';
