import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DatagramLines } from '../../../shared/collectd-lines/datagram-lines.ts';
import { mutatorOf } from './mutate-datagram.ts';
import { receiverKinds } from './receivers.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/collectd', import.meta.url));

test('broken datagrams are the same for the same seed, and reach every part of a receiver', () => {
  const [one, same, other] = [mutatorOf(FIXTURES, 1), mutatorOf(FIXTURES, 1), mutatorOf(FIXTURES, 2)];
  const receivers = receiverKinds(FIXTURES).map(({ options }) => new DatagramLines(options));
  let differences = 0;
  for (let i = 0; i < 20_000; i++) {
    const datagram = one.next();
    if (!datagram.equals(same.next())) throw new Error(`Datagram ${i} is another one`);
    if (!datagram.equals(other.next())) differences++;
    for (const receiver of receivers) {
      receiver.decode(datagram);
      receiver.take();
    }
  }
  expect(differences).toBeGreaterThan(19_000);
  const happened = new Set(
    receivers.flatMap(({ counts }) => Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [what] : []))),
  );
  // nobody asks, and the lines are taken at once
  const NEVER = ['no_room', 'not_accepted'];
  const all = Object.keys(receivers[0]?.counts ?? {});
  expect(all.filter((what) => !happened.has(what)).sort()).toEqual(NEVER);
});
