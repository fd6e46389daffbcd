import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { NotificationSpool } from '../../../plugins/collectd_in/notification-spool.ts';
import { FakeContext } from '../../support/fake-context.ts';

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  watch: () => {
    throw Object.assign(new Error('EMFILE: too many open files, watch'), { code: 'EMFILE', syscall: 'watch' });
  },
}));

test('where the system has no watches left the directory is looked at every second', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosslayer-spool-'));
  const context = new FakeContext();
  const texts: string[] = [];
  const take = (text: Buffer) => {
    texts.push(String(text));
    return undefined;
  };
  const { log, stats, now } = context;
  const spool = new NotificationSpool({ folder, maxFileBytes: 1000, log, stats, now, take });
  try {
    writeFileSync(join(folder, '1'), 'first');
    await vi.waitFor(() => expect(texts).toEqual(['first']), { timeout: 10_000, interval: 2 });
    writeFileSync(join(folder, '2'), 'second');
    await vi.waitFor(() => expect(texts).toEqual(['first', 'second']), { timeout: 10_000, interval: 2 });
    expect(context.said).toEqual([
      'W The system does not tell of new notifications (EMFILE): they are looked for every second',
    ]);
  } finally {
    spool.stop();
    rmSync(folder, { recursive: true });
  }
});
