import fc from 'fast-check';

const PIECES = [
  ...['m', 'f', 'a', 't', '1', '.', '-', 'i', 'u', 'e', '+', 'true', '123', '9223372036854775807', 'é'],
  ...[' ', ',', '=', '"', '#', '\\', '\n', '\r', '\t', '\v', '\f', '\0', '\x7f', '\xff'],
  ...[
    ' f=',
    ',t=',
    '="',
    '\\"',
    '\\\\',
    '",',
    '"\n',
    '\r\n',
    '\nm f=1 1\n',
    ' 1700000000000000000',
    'm f="',
    ' s="x\ny" 1\n',
  ],
];

/** Bytes that a line protocol reader has to think about, about `length` of them. */
export function nastyBytes(length: number): fc.Arbitrary<Buffer> {
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: length / 2 });
  return pieces.map((parts) => Buffer.from(parts.join(''), 'latin1'));
}
