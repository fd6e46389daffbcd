import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SECURITY_LEVELS } from '../../../shared/collectd-protocol/datagram-reader.ts';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import {
  CONTEXT,
  concat,
  credentials,
  encrypted,
  gauge,
  number,
  PART,
  part,
  signed,
  text,
  values,
} from './handmade-parts.ts';

const PARTS = [
  ...[CONTEXT, gauge(1), text('host', 'g'), text('typeInstance', ''), number('time', 5n), number('severity', 2n)],
  ...[
    text('message', 'm'),
    values(['derive', -1n], ['counter', 1n]),
    part(PART.values, Buffer.from([0, 0])),
    part(0x99),
  ],
];

const plain = fc.array(fc.constantFrom(...PARTS), { maxLength: 12 }).map((parts) => concat(...parts));
const datagram = fc.oneof(
  plain,
  plain.map((payload) => signed('alice', payload)),
  plain.map((payload) => encrypted('bob', payload)),
  fc.tuple(plain, plain).map(([a, b]) => encrypted('bob', concat(a, signed('alice', b)))),
  fc.tuple(plain, plain, plain).map(([a, b, c]) => concat(a, encrypted('bob', b), c)),
);

/** Bytes replaced, a piece left out, something behind. */
const mutated = fc
  .tuple(
    datagram,
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    fc.nat(),
    fc.nat(8),
    fc.uint8Array({ maxLength: 20 }),
  )
  .map(([bytes, changes, at, cut, more]) => {
    const changed = Buffer.from(bytes);
    for (const [place, byte] of changes) if (changed.length > 0) changed[place % changed.length] = byte;
    const start = at % (changed.length + 1);
    return concat(changed.subarray(0, start), changed.subarray(start + cut), more);
  });

/** Nothing is thrown, and there is never more than a part can hold. */
function check(bytes: Uint8Array) {
  for (const securityLevel of SECURITY_LEVELS) {
    const { valueLists, notifications, problems } = decodeDatagram(bytes, { credentials, securityLevel });
    expect(valueLists.length * 15 + notifications.length * 6).toBeLessThanOrEqual(bytes.length);
    // each refusal takes a part of 4 bytes or ends a stretch; protected parts may end within another
    expect(problems.length).toBeLessThanOrEqual(bytes.length / 4 + 6);
    expect(
      valueLists.every((list) => list.host !== '' && list.plugin !== '' && list.type !== '' && list.time !== 0n),
    ).toBe(true);
  }
  decodeDatagram(bytes);
}

test('random bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 500 });
});

test('random parts', () => {
  const types = [...Object.values(PART), 0x99];
  const random = fc
    .tuple(fc.constantFrom(...types), fc.uint8Array({ maxLength: 20 }))
    .map(([type, content]) => part(type, content));
  fc.assert(
    fc.property(
      fc.array(random, { maxLength: 20 }).map((parts) => concat(...parts)),
      check,
    ),
    { numRuns: 500 },
  );
});

test('datagrams with mutations', () => {
  fc.assert(fc.property(mutated, check), { numRuns: 1000 });
});

test('a datagram cut at any byte gives the beginning of what it holds', () => {
  const whole = concat(
    CONTEXT,
    gauge(1),
    text('typeInstance', 'x'),
    gauge(2),
    number('severity', 1n),
    text('message', 'm'),
  );
  const all = decodeDatagram(whole);
  for (let length = 0; length <= whole.length; length++) {
    const { valueLists, notifications, problems } = decodeDatagram(whole.subarray(0, length));
    expect(valueLists).toEqual(all.valueLists.slice(0, valueLists.length));
    expect(notifications).toEqual(all.notifications.slice(0, notifications.length));
    expect(problems.every(({ refusal }) => refusal === 'truncated')).toBe(true);
  }
});
