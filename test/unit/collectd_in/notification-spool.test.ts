import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NotificationSpool } from '../../../plugins/collectd_in/notification-spool.ts';
import { FakeContext } from '../../support/fake-context.ts';

let folder: string;
let spools: NotificationSpool[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosslayer-spool-'));
  spools = [];
});
afterEach(() => {
  for (const spool of spools) spool.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Follows the folder; texts come in the order in which they are taken. */
function follow(take?: (text: string) => Promise<void> | undefined) {
  const texts: string[] = [];
  const context = new FakeContext();
  const spool = new NotificationSpool({
    folder,
    maxFileBytes: 1000,
    log: context.log,
    stats: context.stats,
    now: () => context.nowMs,
    take(text) {
      texts.push(String(text));
      return take?.(String(text));
    },
  });
  spools.push(spool);
  return { texts, context, spool };
}

/** As crosslayer-notify writes. */
function put(name: string, text = name): void {
  writeFileSync(join(folder, `.tmp-${name}`), text);
  renameSync(join(folder, `.tmp-${name}`), join(folder, name));
}

/** Waits for files and events; the kernel tells of changes within milliseconds, the look from time to time takes a second. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 2 });

test('what is there at the start is taken by name, then what comes, each once and removed', async () => {
  for (const name of ['1700000002.000-7', '1700000001.500-9', '1700000001.500-10']) put(name);
  const { texts, context } = follow();
  await until(() => expect(texts).toHaveLength(3));
  expect(texts).toEqual(['1700000001.500-10', '1700000001.500-9', '1700000002.000-7']);
  for (let n = 0; n < 200; n++) put(`17000001${String(n).padStart(2, '0')}.000-1`);
  await until(() => expect(texts).toHaveLength(203));
  expect(new Set(texts).size).toBe(203);
  await until(() => expect(readdirSync(folder)).toEqual([]));
  expect(context.stats.read('spool_files')).toBe(203);
  expect(context.said).toEqual([]);
});

test('two followers get each file once', async () => {
  const [a, b] = [follow(), follow()];
  for (let n = 0; n < 500; n++) put(`1700000000.${n}-1`);
  await until(() => expect(a.texts.length + b.texts.length).toBe(500));
  await until(() => expect(readdirSync(folder)).toEqual([]));
  expect(new Set([...a.texts, ...b.texts]).size).toBe(500);
  expect([...a.context.said, ...b.context.said]).toEqual([]);
});

test('waits with the next file while the reader is behind, and leaves the rest at the stop', async () => {
  let resume = () => {};
  const { texts, spool } = follow(
    () =>
      new Promise((resolve) => {
        resume = resolve;
      }),
  );
  for (const name of ['1', '2', '3']) put(name);
  await until(() => expect(texts).toEqual(['1']));
  resume();
  await until(() => expect(texts).toEqual(['1', '2']));
  spool.stop();
  resume();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(readdirSync(folder)).toEqual(['3']);
});

test('a name with a dot in front is not for us', async () => {
  writeFileSync(join(folder, '.tmp-1'), 'half');
  const { texts, context } = follow();
  put('2');
  await until(() => expect(texts).toEqual(['2']));
  expect(readdirSync(folder)).toEqual(['.tmp-1']);
  // its writer has died
  context.nowMs = Date.now() + 120_000;
  await until(() => expect(readdirSync(folder)).toEqual([]));
});

test('a file whose follower has died is taken again', async () => {
  put('.claim-99999-1-1700000000.000-5', 'claimed');
  const { texts, context } = follow();
  put('2');
  await until(() => expect(texts).toEqual(['2']));
  expect(readdirSync(folder)).toEqual(['.claim-99999-1-1700000000.000-5']);
  context.nowMs = Date.now() + 11_000;
  await until(() => expect(texts).toEqual(['2', 'claimed']));
  await until(() => expect(readdirSync(folder)).toEqual([]));
});

test('what is too large is removed, what is no file put aside; both are counted and told', async () => {
  put('1', 'x'.repeat(1001));
  mkdirSync(join(folder, '2'));
  symlinkSync('/etc/hostname', join(folder, '3'));
  put('4');
  const { texts, context } = follow();
  await until(() => expect(texts).toEqual(['4']));
  expect(context.said).toEqual([
    'T spool file: Cannot read the notification "1": it has 1001 bytes, the limit is 1000; removed',
    `T spool foreign: "2" in the spool of notifications is no file; put aside as ".foreign-${process.pid}-1"`,
    `T spool foreign: "3" in the spool of notifications is no file; put aside as ".foreign-${process.pid}-2"`,
  ]);
  expect(context.stats.read('spool_files_refused')).toBe(3);
  expect(readdirSync(folder)).toEqual([`.foreign-${process.pid}-1`, `.foreign-${process.pid}-2`]);
  expect(existsSync('/etc/hostname')).toBe(true);
});

test('the directory may come late, vanish and come again', async () => {
  rmSync(folder, { recursive: true });
  const { texts, context } = follow();
  expect(context.said).toEqual([expect.stringMatching(/^T spool: Cannot follow the spool .*ENOENT/)]);
  mkdirSync(folder);
  put('1');
  await until(() => expect(texts).toEqual(['1']));
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  put('2');
  await until(() => expect(texts).toEqual(['1', '2']));
  // it is watched again, not only looked at every second
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const begin = performance.now();
  put('3');
  await until(() => expect(texts).toEqual(['1', '2', '3']));
  expect(performance.now() - begin).toBeLessThan(500);
});

test('notifications that found the spool full are counted once', async () => {
  writeFileSync(join(folder, '.refused'), '...');
  const { context } = follow();
  await until(() => expect(context.stats.read('spool_refused_when_full')).toBe(3));
  writeFileSync(join(folder, '.refused'), '..');
  utimesSync(folder, new Date(), new Date());
  await until(() => expect(context.stats.read('spool_refused_when_full')).toBe(5));
  expect(readdirSync(folder)).toEqual([]);
  expect(context.said[0]).toContain('3 notifications were refused by crosslayer-notify');
});

test('a name as long as names can be is taken', async () => {
  // a claim has a longer name
  writeFileSync(join(folder, `1${'x'.repeat(249)}`), 'long');
  put('2');
  const { texts, context } = follow();
  await until(() => expect(texts).toEqual(['long', '2']));
  await until(() => expect(readdirSync(folder)).toEqual([]));
  expect(context.said).toEqual([]);
});

test('what cannot be taken keeps nothing else waiting, is counted once, and rests', async () => {
  // no text has these bytes, so no name that was read leads to the file
  const stuck = Buffer.concat([Buffer.from(`${folder}/0`), Buffer.from([0xff])]);
  writeFileSync(stuck, 'stuck');
  put('1');
  const { texts, context } = follow();
  await until(() => expect(texts).toEqual(['1']));
  const said = 'T spool stuck: Cannot take "0\ufffd" from the spool of notifications: its name is no UTF-8; remove it';
  const told = `${said}; it stays there, and is tried again every minute`;
  for (const name of ['2', '3', '4']) {
    put(name);
    await until(() => expect(texts).toContain(name));
  }
  expect(context.said).toEqual([told]);
  context.nowMs += 61_000;
  put('5');
  await until(() => expect(texts).toContain('5'));
  await until(() => expect(context.said).toEqual([told, told]));
  expect(context.stats.read('spool_files_refused')).toBe(1);
  rmSync(stuck);
});

test('directories of one name come again and again: each is put aside under another name, the rest removed', async () => {
  const { texts, context } = follow();
  const fill = (name: string) => {
    mkdirSync(join(folder, '.making', 'full'), { recursive: true });
    renameSync(join(folder, '.making'), join(folder, name));
  };
  for (let n = 1; n <= 3; n++) {
    fill('1');
    await until(() => expect(context.stats.read('spool_files_refused')).toBe(n));
  }
  expect(readdirSync(folder)).toEqual([1, 2, 3].map((n) => `.foreign-${process.pid}-${n}`));
  for (let n = 4; n <= 120; n++) mkdirSync(join(folder, `d${n}`));
  await until(() => expect(context.stats.read('spool_files_refused')).toBe(120));
  expect(readdirSync(folder)).toHaveLength(100);
  expect(context.said.at(-1)).toMatch(/is no file; removed, as many are put aside already$/);
  // what is in it may be of use to somebody
  fill('1');
  put('2');
  await until(() => expect(texts).toEqual(['2']));
  expect(context.said.at(-1)).toBe(
    'T spool stuck: Cannot take "1" from the spool of notifications: it is a directory with something in it; remove it (ENOTEMPTY); it stays there, and is tried again every minute',
  );
  expect(existsSync(join(folder, '1', 'full'))).toBe(true);
});

test('what was put aside by a process before us keeps its name', async () => {
  mkdirSync(join(folder, `.foreign-${process.pid}-1`, 'full'), { recursive: true });
  mkdirSync(join(folder, '1', 'other'), { recursive: true });
  const { context } = follow();
  await until(() => expect(context.stats.read('spool_files_refused')).toBe(1));
  await until(() => expect(existsSync(join(folder, `.foreign-${process.pid}-2`, 'other'))).toBe(true));
  expect(existsSync(join(folder, `.foreign-${process.pid}-1`, 'full'))).toBe(true);
});

test('a count of what was refused that is a directory, or a link, is put aside', async () => {
  const { texts, context } = follow();
  mkdirSync(join(folder, '.refused', 'full'), { recursive: true });
  put('1');
  await until(() => expect(texts).toEqual(['1']));
  await until(() => expect(context.stats.read('spool_files_refused')).toBe(1));
  writeFileSync(join(folder, '.target'), 'xxxx');
  symlinkSync('.target', join(folder, '.refused'));
  put('2');
  await until(() => expect(texts).toEqual(['1', '2']));
  await until(() => expect(context.stats.read('spool_files_refused')).toBe(2));
  expect(context.stats.read('spool_refused_when_full')).toBe(0);
  // and the next count is taken
  writeFileSync(join(folder, '.refused'), '..');
  put('3');
  await until(() => expect(context.stats.read('spool_refused_when_full')).toBe(2));
});

test('a notification of which half was written is counted', async () => {
  writeFileSync(join(folder, '.tmp-1'), 'half');
  const { context } = follow();
  context.nowMs = Date.now() + 120_000;
  await until(() => expect(context.stats.read('spool_files_refused')).toBe(1));
  expect(context.said).toEqual([
    'T spool unfinished: 1 notifications in the spool were never finished by who wrote them; removed',
  ]);
});
