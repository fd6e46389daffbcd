import fc from 'fast-check';
import { expect, test } from 'vitest';
import { READY_SLACK, readyText, writeReady } from '../../../shared/collectd-lines/ready-text.ts';

test('text comes out as it went in, and not much behind it is touched', () => {
  const byte = fc.integer({ min: 0, max: 254 }).filter((value) => value !== 0x7f);
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), (list) => {
      const text = Buffer.from(list);
      const out = Buffer.alloc(64, 0x2a);
      const end = writeReady(new DataView(out.buffer, out.byteOffset, out.length), 2, readyText(text));
      expect(out.subarray(2, end)).toEqual(text);
      expect(out.toString('latin1', 0, 2)).toBe('**');
      expect(out.subarray(end + READY_SLACK).every((rest) => rest === 0x2a)).toBe(true);
    }),
  );
});
