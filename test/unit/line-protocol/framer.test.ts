import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineReader } from '../../../shared/line-protocol/line-reader.ts';
import { KernelFramer } from '../../conformance/line-protocol/kernel-framing.ts';
import { readItems } from '../../support/reference-line-protocol.ts';

const MEGABYTE = 1 << 20;

/** How many records there are, and how long reading them took. */
function readingTime(text: string): { records: number; ms: number } {
  const reader = new LineReader();
  let records = 0;
  const start = performance.now();
  const count = (batch: { length: number }) => {
    records += batch.length;
  };
  reader.read(Buffer.from(text, 'latin1'), count);
  reader.end(count);
  return { records, ms: performance.now() - start };
}

describe('a record of 2 MiB, whatever is in it, is read in one go', () => {
  // each of these took minutes when a part was read anew for every string or blank in it
  const check = (text: string) => {
    expect(text.length).toBeGreaterThan(1.9 * MEGABYTE);
    expect(text.length).toBeLessThan(2 * MEGABYTE);
    const { records, ms } = readingTime(`${text}\nm f=1 1\n`);
    expect(records).toBe(2);
    expect(ms).toBeLessThan(2000);
  };

  test('strings with newlines', () => check(`m ${'a="\n",'.repeat(340_000)}b=1 1`));
  test('one string of newlines', () => check(`m a="${'\n'.repeat(2_000_000)}" 1`));
  test('escaped quotes', () => check(`m a="${'\\"'.repeat(1_000_000)}" 1`));
  test('quotes that open nothing', () => check(`m ${'a\\="'.repeat(500_000)}=1 1`));
  test('backslashes', () => check(`m,a=${'\\'.repeat(2_000_000)} f=1 1`));
  test('escaped commas, then backslashes before blanks', () =>
    check(`m${'\\,'.repeat(340_000)},a=${'\\\\ '.repeat(450_000)}b f=1 1`));
  test('escaped equals signs before one key', () => check(`m ${'a\\='.repeat(680_000)}="x" 1`));
});

describe('strings that are cut', () => {
  const framer = new KernelFramer();

  test('a newline behind a backslash is seen, too, where the chunk ends between the two', () => {
    const bytes = Buffer.from('m f=1 g="x\\\nn f="y" 1\nn f=2 1\n');
    for (let at = 1; at < bytes.length; at++) {
      const { records } = framer.frame([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(records, `split at ${at}`).toEqual(['m f=1 g="x\\\n', 'n f="y" 1\n', 'n f=2 1\n']);
    }
  });

  const piece = fc.constantFrom(
    ...['a="', '"', '",', ',b="x\ny"', '\n', '\\', '\\"', '\\\n', ' 1\n', 'm,t=1 ', 'c=1,', 'm g h="', 'q="'],
    'm s="x\ny" 1\n',
  );
  const text = fc.array(piece, { maxLength: 24 }).map((pieces) => Buffer.from(`m ${pieces.join('')}\n`));
  const inChunks = (bytes: Buffer, cuts: readonly number[]) => {
    const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
  };
  const referenceRecords = (bytes: Buffer, limit?: number) => {
    const items = readItems(bytes, limit).filter(({ kind }) => kind === 'record');
    return items.map(({ start, end }) => `${bytes.toString('latin1', start, end)}\n`);
  };

  test('records of strings with newlines are the reference’s, in any chunks', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(80), { maxLength: 6 }), (bytes, cuts) => {
        expect(framer.frame(inChunks(bytes, cuts)).records).toEqual(referenceRecords(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test('and where they are too long, in any chunks', () => {
    const limit = 30;
    const limited = new KernelFramer(limit);
    const short = (records: readonly string[]) => records.filter((record) => record.length <= limit + 1);
    fc.assert(
      fc.property(text, fc.array(fc.nat(80), { maxLength: 6 }), (bytes, cuts) => {
        expect(short(limited.frame(inChunks(bytes, cuts)).records)).toEqual(short(referenceRecords(bytes, limit)));
      }),
      { numRuns: 5000 },
    );
  });
});
