import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UnixsockClient } from '../../../plugins/collectd_out/unixsock-client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { DONE, type Scripted, ScriptedUnixsock } from '../../support/scripted-unixsock.ts';

const TIMEOUT_MS = 5000;

/** A client and a server, with time that stands still. */
async function connected(answer: (command: string, connection: number) => Scripted = () => DONE) {
  const folder = mkdtempSync(join(tmpdir(), 'unixsock-client-'));
  const path = join(folder, 'sock');
  const server = await ScriptedUnixsock.open(path);
  server.answer = answer;
  const { stats, log, said } = new FakeContext();
  const clock = new FakeClock();
  clock.advance(1);
  const client = new UnixsockClient({ path, queueBytes: 65_536, timeoutMs: TIMEOUT_MS, log, stats, clock });
  client.start();
  onTestFinished(async () => {
    client.ending();
    await server.close();
    await client.stop();
    rmSync(folder, { recursive: true });
  });
  const send = (...commands: string[]) => {
    void client.send(Buffer.from(commands.map((text) => `${text}\n`).join('')));
  };
  const reads = (name: string, value: number | bigint) => expect.poll(() => stats.read(name)).toBe(value);
  await reads('connected', 1n);
  return { server, client, clock, said, stats, send, reads };
}

test('the time for an answer begins with its command, however long nothing was said before', async () => {
  const { server, clock, said, stats, send, reads } = await connected((text) => (text === 'slow' ? undefined : DONE));
  send('a');
  await reads('queued_lines', 0n);
  clock.advance(10 * TIMEOUT_MS);
  send('slow');
  await server.until('the slow one', () => server.commands.includes('slow'));
  clock.advance(TIMEOUT_MS - 1);
  expect([stats.read('unanswered_commands'), said]).toEqual([0, []]);
  clock.advance(1);
  expect(stats.read('unanswered_commands')).toBe(1);
  expect(said).toEqual(['T unanswered: collectd did not answer within 5 s; connecting again']);
});

test('also for one that was sent while the clock of those before still ran', async () => {
  const { server, clock, stats, send, reads } = await connected((text) => (text === 'slow' ? undefined : DONE));
  send('a');
  await reads('queued_lines', 0n);
  clock.advance(TIMEOUT_MS - 1);
  send('slow');
  await server.until('the slow one', () => server.commands.includes('slow'));
  clock.advance(TIMEOUT_MS - 1);
  expect(stats.read('unanswered_commands')).toBe(0);
  clock.advance(1);
  expect(stats.read('unanswered_commands')).toBe(1);
});

test('and each answer gives the next one its whole time', async () => {
  const { server, clock, stats, send, reads } = await connected(() => undefined);
  send('a', 'b');
  await server.until('both', () => server.commands.length === 2);
  clock.advance(TIMEOUT_MS - 1);
  server.say(`${DONE}\n`);
  await reads('queued_lines', 1n);
  clock.advance(TIMEOUT_MS - 1);
  expect(stats.read('unanswered_commands')).toBe(0);
  clock.advance(1);
  expect(stats.read('unanswered_commands')).toBe(1);
});

test('that collectd is there again is told with its first answer; one that hangs takes connections, too', async () => {
  const { server, clock, said, stats, send, reads } = await connected((_, connection) =>
    connection < 4 ? undefined : DONE,
  );
  const again = () => said.filter((text) => text.includes('again after'));
  send('a', 'b', 'c', 'd');
  for (let connection = 1; connection < 4; connection++) {
    await server.until('a command', () => server.connections === connection && stats.read('connected') === 1n);
    await server.until('all', () => server.commands.length >= (connection * (9 - connection)) / 2);
    clock.advance(TIMEOUT_MS);
    await reads('connected', 0n);
    expect(again()).toEqual([]);
    clock.advance(1000 * 2 ** (connection - 3));
    await reads('connections', connection + 1);
  }
  await reads('queued_lines', 0n);
  // each silence cost the one that was waited for, no other
  expect([stats.read('unanswered_commands'), server.commands.at(-1)]).toEqual([3, 'd']);
  // from the end of the first connection: two that were silent for 5 s, and 0.25, 0.5 and 1 s between them
  expect(again()).toEqual(['I Connected again after 11.8 s']);
});

test('and at most once a minute', async () => {
  const { server, clock, said, send, reads } = await connected();
  server.answer = (text, connection) => (text === `end ${connection}` ? 'close' : DONE);
  const again = () => said.filter((text) => text.includes('again after'));
  const reconnect = async (connection: number) => {
    send(`end ${connection}`);
    await reads('connected', 0n);
    clock.advance(250);
    await reads('connections', connection + 1);
    await reads('queued_lines', 0n);
  };
  await reconnect(1);
  expect(again()).toEqual(['I Connected again after 0.3 s']);
  await reconnect(2);
  await reconnect(3);
  expect(again()).toHaveLength(1);
  clock.advance(60_000);
  await reconnect(4);
  expect(again()).toHaveLength(2);
});
