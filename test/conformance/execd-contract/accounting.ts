import type { ExecdHost } from '../../support/execd-host.ts';

/** Newline bytes in a piece of a stream. */
export const newlines = (bytes: Buffer): number => bytes.filter((byte) => byte === 10).length;

const LOST = /(\d+) lines? (?:is|are|was|were) lost|lost (\d+) lines?/i;

/** The number of lines that a plugin says it lost; 0 when it says nothing. */
export const saidLost = (host: ExecdHost): number =>
  host.stderr.lines
    .map((text) => LOST.exec(text))
    .reduce((sum, found) => sum + Number(found?.[1] ?? found?.[2] ?? 0), 0);
