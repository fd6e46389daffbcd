import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nsOfCdtime } from '../../../shared/collectd-protocol/cdtime.ts';
import { decodeDatagram } from '../../../shared/collectd-protocol/decode.ts';
import { ReplayWindow } from '../../../shared/collectd-protocol/replay-window.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';

const passwords = new Map([
  ['alice', Buffer.from('s3cr3t pass with spaces')],
  ['bob', Buffer.from('swordfish')],
]);
const credentials = { passwordOf: (user: ByteString) => passwords.get(user) };

/** Datagrams that collectd 5.12 sent, a second apart at most. */
function recorded(name: string): Buffer[] {
  const path = new URL(`../../fixtures/collectd/${name}.pcapless`, import.meta.url);
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n');
  return rows.map((row) => Buffer.from((JSON.parse(row) as { b64: string }).b64, 'base64'));
}

const newestMs = (datagrams: readonly Buffer[]) => {
  const lists = datagrams.flatMap((one) => decodeDatagram(one, { credentials }).valueLists);
  return Math.max(...lists.map(({ time }) => Number(nsOfCdtime(time) / 1_000_000n)));
};

test.each(['signed', 'encrypted'])('datagrams of collectd, %s, pass once', (name) => {
  const datagrams = recorded(name);
  const now = newestMs(datagrams);
  const read = (replays?: ReplayWindow) => datagrams.map((one) => decodeDatagram(one, { credentials, replays }));
  // as with collectd: any number of times
  expect(read()).toEqual(read());

  const replays = new ReplayWindow({ windowMs: 3_600_000, now: () => now });
  expect(read(replays)).toEqual(read());
  const user = name === 'signed' ? 'alice' : 'bob';
  for (const { valueLists, problems } of read(replays)) {
    expect(valueLists).toEqual([]);
    expect(problems.map(({ refusal }) => refusal)).toEqual(['replayed']);
    expect(problems[0]?.message).toMatch(new RegExp(`^Genuine, but it came before: .* \\(user "${user}"\\)$`));
  }
  expect(replays.marks).toBe(40);

  // another process, much later
  const later = new ReplayWindow({ windowMs: 60_000, now: () => now + 3_600_000 });
  const refusals = read(later).flatMap(({ problems }) => problems.map(({ refusal }) => refusal));
  expect(refusals).toEqual(datagrams.map(() => 'replay_too_old'));
});

test('of parts that are joined, those are left out that came before', () => {
  const [first, second] = recorded('encrypted') as [Buffer, Buffer];
  const now = newestMs([first, second]);
  const replays = new ReplayWindow({ windowMs: 3_600_000, now: () => now });
  const alone = decodeDatagram(second, { credentials }).valueLists;
  decodeDatagram(first, { credentials, replays });
  const joined = decodeDatagram(Buffer.concat([first, second]), { credentials, replays });
  expect(joined.problems.map(({ refusal }) => refusal)).toEqual(['replayed']);
  expect(joined.valueLists).toEqual(alone);
});
