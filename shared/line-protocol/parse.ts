import type { LineProtocolError } from './errors.ts';
import type { Point } from './format.ts';
import { type LineBatch, LineReader, type LineReaderOptions } from './line-reader.ts';

/** A line of a text: its point, or what is wrong with it. */
export type ParsedLine =
  | { readonly point: Point; readonly error?: undefined }
  | { readonly point?: undefined; readonly error: LineProtocolError };

/**
 * Reads a whole text, good lines and bad ones, in order. Comments and blank lines give nothing. Throws nothing for bad data.
 *
 * A string is read as UTF-8. Names and values are byte strings: for text with characters beyond ASCII use `fromByteString`.
 */
export function parse(input: string | Uint8Array, options?: LineReaderOptions): ParsedLine[] {
  const lines: ParsedLine[] = [];
  readAll(
    input,
    options,
    (batch) => {
      for (let i = 0; i < batch.length; i++) {
        const error = batch.error(i);
        lines.push(error ? { error } : { point: batch.point(i) });
      }
    },
    (error) => lines.push({ error }),
  );
  return lines;
}

/** Reads a text of good lines. @throws {LineProtocolError} at the first bad one */
export function parsePoints(input: string | Uint8Array, options?: LineReaderOptions): Point[] {
  return parse(input, options).map(({ point, error }) => {
    if (error) throw error;
    return point;
  });
}

/** What is wrong with a text; empty when every line is good. Cheaper than `parse`, as no points are made. */
export function findErrors(input: string | Uint8Array, options?: LineReaderOptions): LineProtocolError[] {
  const errors: LineProtocolError[] = [];
  readAll(
    input,
    options,
    (batch) => {
      for (let i = 0; i < batch.length; i++) {
        const error = batch.error(i);
        if (error) errors.push(error);
      }
    },
    (error) => errors.push(error),
  );
  return errors;
}

function readAll(
  input: string | Uint8Array,
  options: LineReaderOptions | undefined,
  onBatch: (batch: LineBatch) => void,
  onOverlong: (error: LineProtocolError) => void,
): void {
  const reader = options === undefined ? defaultReader() : new LineReader(options);
  const withOverlong = (batch: LineBatch) => {
    for (const error of reader.takeOverlong()) onOverlong(error);
    onBatch(batch);
  };
  reader.read(typeof input === 'string' ? Buffer.from(input) : input, withOverlong);
  reader.end(withOverlong);
  for (const error of reader.takeOverlong()) onOverlong(error);
}

let kept: LineReader | undefined;

/** Making a reader takes longer than reading some lines, so one is kept. Between two calls nothing of a text is left in it. */
function defaultReader(): LineReader {
  kept ??= new LineReader();
  kept.reset();
  return kept;
}
