import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { recorded, TYPES, collectdInTest as test } from './collectd-in.ts';

const RELAY = fileURLToPath(new URL('../../../plugins/collectd_in/crosslayer-notify', import.meta.url));

const notification = (message: string, meta = '') =>
  `Severity: WARNING\nTime: 1795244195.397\nHost: node-1\nPlugin: load\nType: load\n${meta}\n${message}\n`;

function notify(spool: string, text: string): Promise<number | null> {
  const relay = spawn(RELAY, [spool], { stdio: ['pipe', 'ignore', 'ignore'] });
  relay.stdin.end(text);
  return new Promise((resolve) => relay.on('exit', resolve));
}

/** A file is removed right after its line was sent. */
const emptied = (spool: string) => vi.waitFor(() => expect(readdirSync(spool)).toEqual([]), { interval: 2 });

test('a burst of 100 notifications arrives completely and once; those from before the start too', async ({
  collectdIn,
  folder,
}) => {
  const spool = join(folder, 'spool');
  mkdirSync(spool);
  for (let n = 0; n < 10; n++) expect(await notify(spool, notification(`before ${n}`))).toBe(0);
  const host = await collectdIn(`${TYPES}\nspool = "${spool}"`);
  await host.stdout.atLeast(10);
  const begin = performance.now();
  // collectd starts all of them at once
  const relays = Array.from({ length: 100 }, (_, n) => notify(spool, notification(`burst ${n}`)));
  await host.stdout.atLeast(110);
  const took = performance.now() - begin;
  process.stdout.write(`100 notifications through the relay took ${took.toFixed(0)} ms\n`);
  expect(await Promise.all(relays)).toEqual(new Array(100).fill(0));
  host.signal('SIGTERM');
  expect(await host.finished).toEqual({ code: 0, signal: null });
  const messages = host.stdout.lines.map((line) => /message="([^"]*)"/.exec(line)?.[1]);
  expect(messages.slice(0, 10).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `before ${n}`));
  expect(new Set(messages.slice(10))).toEqual(new Set(Array.from({ length: 100 }, (_, n) => `burst ${n}`)));
  expect(messages).toHaveLength(110);
  await emptied(spool);
});

test('meta data, messages of several lines and forged headers', async ({ collectdIn, folder }) => {
  const host = await collectdIn(`${TYPES}\nspool = "${folder}/spool"`);
  mkdirSync(join(folder, 'spool'));
  const check = async (text: string, expected: string) => {
    const before = host.stdout.count;
    await notify(join(folder, 'spool'), text);
    await host.stdout.atLeast(before + 1);
    // the collector leaves blank lines out
    expect(host.stdout.lines.slice(before).join('\n')).toBe(expected.replace('\n\n', '\n'));
  };
  const tags = 'collectd_notification,host=node-1,plugin=load,type=load,severity=warning';
  const time = '1795244195397000000';
  await check(
    notification(
      'too high',
      'DataSource: shortterm\nCurrentValue: 7.000000e+00\nWarningMin: nan\nnetwork:received: true\n',
    ),
    `${tags} message="too high",severity_code=2i,DataSource="shortterm",CurrentValue=7,network:received=true ${time}`,
  );
  await check(
    notification('two\n\nlines "q" \\'),
    `${tags} message="two\n\nlines \\"q\\" \\\\",severity_code=2i ${time}`,
  );
  await check(
    notification('forged', 'Severity: FAILURE\nHost: other\n'),
    `${tags} message="forged",severity_code=2i ${time}`,
  );
});

test('what is no notification is removed and told', async ({ collectdIn, folder }) => {
  const spool = join(folder, 'spool');
  mkdirSync(spool);
  writeFileSync(join(spool, '1'), 'nothing of the kind');
  writeFileSync(join(spool, '2'), notification('good'));
  const host = await collectdIn(`${TYPES}\nspool = "${spool}"`);
  await host.stdout.line('good');
  expect(host.stderr.text).toContain('Notification "1" is refused: ');
  await emptied(spool);
});

test('notifications of the network are left out where they come by the spool', async ({
  collectdIn,
  senderTo,
  folder,
}) => {
  const host = await collectdIn(`${TYPES}\nspool = "${folder}"\nnotifications = "spool"`);
  const sender = senderTo(host);
  for (const datagram of recorded('notification')) await sender.send(datagram);
  await notify(folder, notification('the last'));
  await host.stdout.line('the last');
  const lines = host.stdout.lines.filter((line) => line.startsWith('collectd_notification'));
  expect(lines).toHaveLength(1);
  expect(host.stdout.lines.length).toBeGreaterThan(40);
});
